"""The service: the same questions and acts as the command line, over HTTP, for programs and for people."""
