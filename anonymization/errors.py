"""What the library refuses, in one sentence a clerk understands; never a value of the data."""


class Refused(Exception):
    """The work was not done and nothing was left behind; `code` is fixed, the sentences are not."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {zh} / {en}")
        self.code = code
        self.zh = zh
        self.en = en
