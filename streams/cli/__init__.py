"""The command line. It parses arguments and prints; the work is done by other packages."""
