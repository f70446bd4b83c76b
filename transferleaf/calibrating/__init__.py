"""When to believe an answer: how sure it is, whether that is enough, whether the photo is known."""
