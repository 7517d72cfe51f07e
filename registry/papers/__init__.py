"""The papers the authority issues, and how anyone checks them without us.

An opinion (数据资源目录核验意见) is one zip: the PDF people read, with the facts attached for
programs; a detached signature; a note on how to verify. Nothing here touches the database or
the network. typst is imported when a paper is made, not before.
"""

from registry.papers.opinion import Unprintable, opinion
from registry.papers.package import file_name, pdf_digest, signature_of
from registry.papers.revocation import revoke, withdraw
from registry.papers.slip import statement, verify_slip
from registry.papers.verification import Verdict, signed_with, verify, verify_opinion

__all__ = [
    "Unprintable",
    "Verdict",
    "file_name",
    "opinion",
    "pdf_digest",
    "revoke",
    "signature_of",
    "signed_with",
    "statement",
    "verify",
    "verify_opinion",
    "verify_slip",
    "withdraw",
]
