"""The papers the authority issues, and how anyone checks them without us.

An opinion (数据资源目录核验意见) is one zip: the PDF people read, with the facts attached for
programs; a detached signature; a note on how to verify; each proof of desensitization as an annex
of its own, which a wipe can take away without the opinion. Nothing here touches the database or
the network. typst is imported when a paper is made, not before.
"""

from registry.papers.opinion import Unprintable, opinion
from registry.papers.package import annex_digests, file_name, pdf_digest, signature_of, without
from registry.papers.revocation import revoke, withdraw, withdraw_annex
from registry.papers.slip import statement, verify_slip
from registry.papers.verification import Verdict, signed_with, verify, verify_opinion

__all__ = [
    "Unprintable",
    "Verdict",
    "annex_digests",
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
    "withdraw_annex",
    "without",
]
