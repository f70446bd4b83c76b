"""What verbs share: the words they take, their options, their output, and how they end."""
