"""Other people's formats to documents and back: no session, no Flask."""
