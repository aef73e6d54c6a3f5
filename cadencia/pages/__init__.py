"""The law on file, told to people: the words, and the pages of docs/law."""
