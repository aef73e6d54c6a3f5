"""House policies as data; see docs/rule-language.md."""
