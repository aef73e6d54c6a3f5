"""Cadencia: may this contact be made now, under the law of where the person is? With reasons, citations and when it opens."""
