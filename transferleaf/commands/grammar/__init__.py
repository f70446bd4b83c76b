"""Code that commands share: arguments, options, output and exit codes."""
