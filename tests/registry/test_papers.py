"""Opinions: what is printed, what is signed, and that nothing altered passes as genuine."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from registry import papers, signing
from registry.journal import tree
from registry.papers import package
from registry.papers.slip import slip

OPENSSL = shutil.which("openssl")
TITLES = [
    "适用范围",
    "部署于市政务云",
    "接入城市大脑",
    "目录完整",
    "分类分级",
    "共享与开放属性",
    "保密审查",
    "个人信息保护影响评估",
    "脱敏并经检验",
    "三张清单确认",
    "部门负责人审签",
    "主管部门审核",
    "挂接共享平台并测试",
    "预留标准接口",
    "等级保护",
    "密码应用安全性评估",
    "问题整改办结",
]
LEAVES = [tree.leaf_hash(f"act {number}".encode()) for number in range(21)]
HEAD = {"size": 21, "root": "", "at": "2026-12-04T02:11:09.000000Z"}


def journal_root(size):
    frontier, counted = tree.EMPTY, 0
    for leaf in LEAVES[:size]:
        frontier, counted = tree.append(frontier, counted, leaf)
    return tree.root(frontier, counted).hex()


HEAD["root"] = journal_root(21)


def payload(**changes):
    """An opinion on an invented project."""
    whole = {
        "number": "乌数核〔2026〕31号",
        "project": {
            "name": "智慧养老服务平台（二期）",
            "unit": "乌海市民政局",
            "kind": "新建",
            "stage": "final",
            "approval": "乌发改审〔2025〕118 号",
        },
        "issued_on": "2026-12-04",
        "result": "pass",
        "gates": [
            {
                "id": f"G-{number}",
                "title": title,
                "result": "na" if number == 3 else "pass",
                "basis": "《办法》第十五条",
                "evidence": f"WH-{number:04}",
                "reason": "主管部门书面确认无需接入" if number == 3 else "",
            }
            for number, title in enumerate(TITLES, 1)
        ],
        "versions": [
            {
                "code": f"1503000{number:04}/00001",
                "name": f"养老机构登记信息({number})",
                "version": number,
                "digest": f"sm3:{signing.sm3(bytes([number])).hex()}",
            }
            for number in range(1, 26)
        ],
        "signers": [
            {"name": "孟和", "post": "验收核验员", "way": ""},
            {"name": "乌兰", "post": "主管部门负责人", "way": "线下签批"},
        ],
        "merged_posts": [],
        "deferrals": [],
        "journal_head": HEAD,
        "issuer": "乌海市行政审批政务服务与数据管理局",
    }
    return {**whole, **changes}


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return signing.load(tmp_path_factory.mktemp("keys") / "signing.json")


@pytest.fixture(scope="module")
def other_key(tmp_path_factory):
    return signing.load(tmp_path_factory.mktemp("keys") / "other.json")


@pytest.fixture(scope="module")
def proof():
    path = tree.inclusion(LEAVES.__getitem__, 6, 21)
    hashes = [step.hex() for step in path]
    return {"what": "发布", "index": 6, "leaf": LEAVES[6].hex(), "path": hashes}


@pytest.fixture(scope="module")
def issued(key, proof):
    return papers.opinion(payload(), key, inclusion=[proof])


def parts(issued):
    return package.unpack(issued)


def text_of(pdf):
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def failed(verdict):
    return [check.name for check in verdict.checks if check.passed is False]


# --- what is made -----------------------------------------------------------------------------


def test_the_same_payload_gives_the_same_bytes(issued, key, proof):
    assert papers.opinion(payload(), key, inclusion=[proof]) == issued


def test_the_sheet_says_what_the_payload_says(issued):
    text = text_of(parts(issued).pdf)
    whole = payload()
    for said in (
        "数据资源目录核验意见",
        "乌数核〔2026〕31号",
        "2026年12月4日",
        whole["project"]["name"],
        whole["issuer"],
        "终验阶段",
        "16项通过，1项不适用",
        "（盖章）",
        "线下签批",
        "主管部门书面确认无需接入",
        *TITLES,
        *(version["name"] for version in whole["versions"]),
        *(version["digest"][4:] for version in whole["versions"]),
        whole["journal_head"]["root"],
    ):
        assert "".join(said.split()) in text, said


def test_the_sheet_is_a_pdf_for_the_archive_and_fits_its_pages(issued):
    reader = pypdf.PdfReader(io.BytesIO(parts(issued).pdf))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data()
    assert b"pdfaid:part>3<" in metadata.replace(b" ", b"")
    assert len(reader.pages) == 3
    assert "共 3 页" in reader.pages[0].extract_text()


def test_programs_find_the_payload_inside_the_sheet(issued):
    attached = pypdf.PdfReader(io.BytesIO(parts(issued).pdf)).attachments["opinion.json"]
    assert attached == [schemas.canonical(payload())]


def test_the_package_holds_three_files_and_the_note_says_how_to_verify(issued, key):
    names = zipfile.ZipFile(io.BytesIO(issued)).namelist()
    assert names == ["乌数核〔2026〕31号.pdf", "乌数核〔2026〕31号.sig.json", "说明.txt"]
    note = parts(issued).note.decode("utf-8-sig")
    assert key.public.fingerprint in note.replace(" ", "")
    assert "catalogue opinion verify" in note


def test_texts_of_users_are_set_as_text_and_never_run(key):
    nasty = '#panic("x") $x$ *粗* \\ #read("/etc/passwd") <a> @b "引号" // `c`'
    made = papers.opinion(payload(project={**payload()["project"], "name": nasty}), key)
    assert "".join(nasty.split()) in text_of(parts(made).pdf)


def test_signs_that_turn_the_reading_order_are_not_printed(key):
    made = papers.opinion(payload(issuer="甲局\u202e乙局\u200b\n丙局"), key)
    assert "甲局乙局丙局" in text_of(parts(made).pdf)


@pytest.mark.parametrize("character", ["\U00020bb7", "😀", "\ue000", "ཀ"])
def test_a_character_the_font_lacks_is_named(key, character):
    with pytest.raises(papers.Unprintable) as refused:
        papers.opinion(payload(issuer=f"甲{character}局"), key)
    assert refused.value.character == character
    assert f"U+{ord(character):04X}" in str(refused.value)


@pytest.mark.parametrize("name", ["number", "project", "versions", "journal_head", "issuer"])
def test_a_payload_that_lacks_a_fact_is_refused_by_name(key, name):
    short = {fact: value for fact, value in payload().items() if fact != name}
    with pytest.raises(ValueError, match=name):
        papers.opinion(short, key)


def test_a_project_without_data_has_a_list_that_says_none(key):
    text = text_of(parts(papers.opinion(payload(versions=[]), key)).pdf)
    assert "无。本项目无数据资源产生。" in text


def test_deferrals_and_merged_posts_are_printed(key):
    made = papers.opinion(
        payload(
            result="conditional",
            deferrals=[{"gate": "密码应用安全性评估", "person": "巴图", "due": "2027-01-30"}],
            merged_posts=["目录编制人员与保密审查人合并，至 2027-06-30"],
            remarks=["本项目由主管部门另一科室核验"],
        ),
        key,
    )
    text = text_of(parts(made).pdf)
    for said in ("限期补正后通过", "巴图，2027-01-30", "目录编制人员与保密审查人合并", "另一科室"):
        assert said in text


def test_typst_is_not_loaded_before_a_paper_is_made():
    code = "import sys, registry.papers; assert not {'typst', 'pypdf'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- what is verified -------------------------------------------------------------------------


def test_a_genuine_package_is_valid_for_who_trusts_the_key(issued, key, other_key):
    verdict = papers.verify(issued, trusted=[other_key.public, key.public])
    assert verdict.is_valid, [check.sentence("en") for check in verdict.checks]
    assert verdict.payload == payload()
    assert "inclusion" in [check.name for check in verdict.checks]
    assert verdict.sentence("zh").endswith("是否撤销没有核对。")
    asked = papers.verify(issued, trusted=[other_key.public, key.public], revocations=[])
    assert asked.sentence("zh").startswith("有效")
    assert (verdict.leaves_open, asked.leaves_open) == (True, False)


def test_without_a_trusted_key_the_fingerprint_is_shown_for_comparison(issued, key):
    verdict = papers.verify(issued)
    assert verdict.status == "unconfirmed"
    assert not verdict.is_valid
    assert key.public.fingerprint in verdict.sentence("en").replace(" ", "")


def test_a_key_outside_the_trusted_ones_makes_it_invalid(issued, other_key):
    verdict = papers.verify(issued, trusted=[other_key.public])
    assert verdict.status == "invalid"
    assert failed(verdict) == ["key"]


def test_every_changed_byte_of_the_package_is_noticed(issued, key):
    positions = {*range(0, len(issued), len(issued) // 60), *range(len(issued) - 60, len(issued))}
    for position in sorted(positions):
        changed = bytearray(issued)
        changed[position] ^= 1 << position % 8
        assert not papers.verify(bytes(changed), trusted=[key.public]).is_valid, position


@pytest.mark.parametrize("spoil", [lambda b: b + b" ", lambda b: b[:-1], lambda b: b"\n" + b])
def test_added_or_cut_bytes_are_noticed(issued, key, spoil):
    made = parts(issued)
    trusted = [key.public]
    assert not papers.verify(spoil(issued), trusted=trusted).is_valid
    assert not papers.verify(spoil(made.pdf), made.signature, trusted=trusted).is_valid
    assert not papers.verify(made.pdf, spoil(made.signature), trusted=trusted).is_valid


def test_pdf_and_signature_verify_without_the_package(issued, key, tmp_path):
    made = parts(issued)
    (tmp_path / "意见.pdf").write_bytes(made.pdf)
    (tmp_path / "意见.sig.json").write_bytes(made.signature)
    for name in ("意见.pdf", "意见.sig.json"):
        assert papers.verify_opinion(tmp_path / name, [key.public]).is_valid
    (tmp_path / "opinion.zip").write_bytes(issued)
    assert papers.verify_opinion(tmp_path / "opinion.zip", [key.public]).is_valid


def test_a_pdf_alone_asks_for_its_signature(issued, tmp_path):
    (tmp_path / "a.pdf").write_bytes(parts(issued).pdf)
    verdict = papers.verify_opinion(tmp_path / "a.pdf")
    assert verdict.status == "unreadable"
    assert ".sig.json" in verdict.sentence("zh")


def test_the_pdf_of_one_opinion_does_not_pass_with_the_signature_of_another(issued, key):
    other = parts(papers.opinion(payload(number="乌数核〔2026〕32号"), key))
    verdict = papers.verify(parts(issued).pdf, other.signature, trusted=[key.public])
    assert set(failed(verdict)) == {"pdf", "payload"}
    assert verdict.payload is None


def resigned(issued, key, **changes):
    """What a holder of a key can make of a package: a changed statement, signed."""
    document = json.loads(parts(issued).signature)
    document["statement"].update(changes)
    data = schemas.canonical(document["statement"])
    document["signature"] = signing.sign(key, data).fact()
    document["public_key"] = key.public.fact()
    return package.signature_text(document)


def test_signing_anew_with_another_key_does_not_help(issued, key, other_key):
    forged = resigned(issued, other_key)
    assert not papers.verify(parts(issued).pdf, forged, trusted=[key.public]).is_valid
    alone = papers.verify(parts(issued).pdf, forged)
    assert "head" in failed(alone)


def test_a_signature_of_another_kind_of_statement_is_no_opinion(issued, key):
    forged = resigned(issued, key, kind="revocation")
    assert "signature" in failed(papers.verify(parts(issued).pdf, forged))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("payload", {"payload": "sm3:00"}),
        ("payload", {"number": "乌数核〔2026〕99号"}),
        ("head", {"head": {"size": 20, "root": journal_root(20), "at": HEAD["at"]}}),
        ("head", {"head": None}),
        ("inclusion", {"inclusion": [{"index": 6, "leaf": "00", "path": []}]}),
        ("inclusion", {"inclusion": ["x"]}),
        ("inclusion", {"inclusion": [{"index": True, "leaf": 3, "path": [3, None]}]}),
    ],
)
def test_each_part_of_the_statement_is_checked_by_itself(issued, key, name, changes):
    made = parts(issued)
    verdict = papers.verify(made.pdf, resigned(issued, key, **changes), trusted=[key.public])
    assert name in failed(verdict)


# --- witnesses and revocation -----------------------------------------------------------------


def test_witnessed_heads_that_fit_are_no_obstacle(issued, key):
    seen = [HEAD, {"size": 9, "root": journal_root(9), "at": "2026-11-01T00:00:00.000000Z"}]
    verdict = papers.verify(issued, trusted=[key.public], heads=seen)
    assert verdict.is_valid


@pytest.mark.parametrize(
    "seen",
    [
        {"size": 21, "root": journal_root(20), "at": HEAD["at"]},
        {"size": 30, "root": journal_root(20), "at": "2026-11-01T00:00:00.000000Z"},
    ],
)
def test_a_witness_of_a_rewritten_or_cut_journal_speaks_against_it(issued, key, seen):
    verdict = papers.verify(issued, trusted=[key.public], heads=[seen])
    assert failed(verdict) == ["witnesses"]


def revocation(issued, key, **changes):
    digest = package.digest(parts(issued).pdf)
    made = papers.revoke("乌数核〔2026〕31号", digest, "材料不实", "2027-02-01", key)
    made["statement"].update(changes)
    return made


def test_a_revoked_opinion_verifies_as_revoked(issued, key):
    verdict = papers.verify(
        issued, trusted=[key.public], revocations=[{}, 3, revocation(issued, key)]
    )
    assert verdict.status == "revoked"
    assert verdict.sentence("zh").startswith("已撤销")
    assert "材料不实" in verdict.sentence("en")


def test_a_key_that_follows_revokes_for_a_reader_who_knows_the_paper_alone(issued, key, other_key):
    followed = replace(other_key, successions=(signing.succession(key, other_key.public),))
    given = [revocation(issued, followed)]
    assert papers.verify(issued, revocations=given).status == "revoked"
    # Nobody else may name a successor: neither the successor himself nor an altered statement.
    forged = signing.succession(replace(other_key), other_key.public)
    altered = {**followed.successions[0], "statement": {"kind": "succession", "public_key": {}}}
    for one in (forged, altered, {}, 3, None):
        stranger = replace(other_key, successions=(one,))
        given = [revocation(issued, stranger)]
        assert papers.verify(issued, revocations=given).status == "unconfirmed", one


def test_a_new_key_of_the_authority_can_revoke_an_old_opinion(issued, key, other_key):
    trusted = [other_key.public, key.public]
    given = [revocation(issued, other_key)]
    assert papers.verify(issued, trusted=trusted, revocations=given).status == "revoked"


def test_a_revocation_by_a_stranger_or_altered_or_of_another_paper_says_nothing(
    issued, key, other_key
):
    given = [
        revocation(issued, other_key),
        revocation(issued, key, reason="altered"),
        papers.revoke("乌数核〔2026〕31号", "sm3:00", "另一份", "2027-02-01", key),
        papers.revoke("乌数核〔2026〕32号", package.digest(b""), "另一份", "2027-02-01", key),
    ]
    assert papers.verify(issued, trusted=[key.public], revocations=given).is_valid


# --- garbage ----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_garbage_gets_a_sentence_and_no_traceback(data, signature):
    for lead in (b"", b"%PDF-1.7\n", b"PK\x03\x04"):
        verdict = papers.verify(lead + data, signature)
        assert verdict.status == "unreadable"
        assert verdict.sentence("zh")
        assert verdict.sentence("en")


def test_a_file_that_is_not_there_gets_a_sentence(tmp_path):
    for name in ("a.zip", "a.pdf", "a.sig.json", "."):
        assert papers.verify_opinion(tmp_path / name).status == "unreadable"


@pytest.mark.parametrize("text", [b"[" * 100_000, b"{}", b"null", b'{"a":1,"a":1}', b"\xff", b""])
def test_a_signature_file_that_is_none_gets_a_sentence(issued, text):
    assert papers.verify(parts(issued).pdf, text).status == "unreadable"


def test_a_broken_pdf_signed_by_a_stranger_gets_a_verdict(issued, other_key):
    pdf = b"%PDF-1.7\ntrailer<</Root 1 0 R/Size 9>>startxref\n5\n%%EOF"
    signature = resigned(issued, other_key, pdf=package.digest(pdf))
    assert "payload" in failed(papers.verify(pdf, signature))


def repacked(files, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_bomb_is_refused_unopened():
    bomb = repacked(
        {"a.pdf": bytes(50 << 20), "a.sig.json": b"{}", "说明.txt": b""}, zipfile.ZIP_DEFLATED
    )
    verdict = papers.verify(bomb)
    assert verdict.facts == {"code": "repacked"}


def test_a_repacked_package_says_how_to_hand_it_in(issued, key):
    made = parts(issued)
    files = {"a.pdf": made.pdf, "a.sig.json": made.signature, "说明.txt": made.note}
    verdict = papers.verify(repacked(files, zipfile.ZIP_STORED), trusted=[key.public])
    assert failed(verdict) == ["package"]
    assert "原件" in next(c for c in verdict.checks if c.name == "package").sentence("zh")


def test_every_outcome_has_a_sentence_in_both_languages():
    path = Path(papers.__file__).with_name("sentences.json")
    tables = json.loads(path.read_text("utf-8"))
    said = [words for table in ("status", "unreadable") for words in tables[table].values()]
    said += [words for outcomes in tables["checks"].values() for words in outcomes.values()]
    assert all(words.keys() == {"zh", "en"} and all(words.values()) for words in said)


# --- without this software --------------------------------------------------------------------


def openssl_tests(collected):
    """Leave the tests beside the openssl command out where there is none."""
    return collected if OPENSSL else None


@openssl_tests
@pytest.mark.parametrize("algorithm", sorted(signing.ALGORITHMS))
def test_the_commands_of_the_note_verify_the_statement(tmp_path, algorithm):
    made = parts(papers.opinion(payload(), signing.load(tmp_path / "keys" / "k.json", algorithm)))
    lines = made.note.decode("utf-8-sig").splitlines()
    text = made.signature.decode()
    start = text.index('"statement":') + len('"statement":')
    (tmp_path / "statement.json").write_text(text[start : text.rindex("}")], "utf-8")
    value = json.loads(text)["signature"]["value"]
    (tmp_path / "signature.bin").write_bytes(bytes.fromhex(value))
    pem = lines[
        lines.index("-----BEGIN PUBLIC KEY-----") : lines.index("-----END PUBLIC KEY-----") + 1
    ]
    (tmp_path / "public.pem").write_text("\n".join(pem) + "\n")
    command = next(line for line in lines if "pkeyutl" in line).split("4. ")[1]
    answer = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr


# --- the slip ---------------------------------------------------------------------------------


def test_the_slip_says_the_essentials_and_verifies_without_a_network(key, other_key):
    text = slip(payload(), key)
    for said in ("乌数核〔2026〕31号", "智慧养老服务平台", "结论：通过", "2026-12-04"):
        assert said in text
    assert text.startswith(papers.statement(payload()))
    assert papers.verify_slip(text, [key.public])
    assert papers.verify_slip(text.replace("\n", "\r\n") + "\r\n", [key.public])
    assert not papers.verify_slip(text, [other_key.public])
    assert not papers.verify_slip(text.replace("通过", "不通过"), [key.public])


def test_a_line_break_in_a_name_forges_no_line(key):
    forged = {**payload()["project"], "name": "甲\n结论：通过"}
    text = papers.statement(payload(project=forged, result="fail"))
    assert text.count("\n结论：") == 1


@given(st.text())
def test_no_scanned_text_is_signed_by_accident(text):
    key = signing.PublicKey("ed25519", bytes(32))
    assert not papers.verify_slip(text, [key])
    head = "数据资源目录核验意见\n编号：1"
    assert not papers.verify_slip(f"{head}\n签名：ed25519 {key.key_id} {text}", [key])


def test_a_signature_of_a_replaced_key_still_verifies(issued, key, other_key):
    rotated = replace(other_key, older=(key.public,))
    assert papers.verify(issued, trusted=rotated.publics).is_valid


def masked(**changes):
    """A proven masking of an invented entry as an opinion carries it."""
    return {
        "key": "aaaaaaaaaaaaaaaa",
        "name": "养老机构登记信息(1)",
        "report": "bbbbbbbbbbbbbbbb",
        "profile": "统计共享",
        "kind": "measured",
        "level_before": 1,
        "level": 3,
        "k": 44,
        "risk": 0.0227,
        "suppressed": 0.01,
        "columns": [
            {
                "name": "公民身份号码",
                "was": "公民身份号码，44 条有值",
                "done": "换成带密钥的假名",
                "remains": "外人看到无意义的编码",
                "approved": "市卫生健康委员会",
            }
        ],
        "l": 3,
        "t": 0.21,
        "quasi_identifiers": ["性别", "所在区"],
        "discovered": ["所在区"],
        "attacks": {"tried": 17, "held": 17},
        "compared": 3,
        "joins": [],
        "file_check": {"by": "其其格", "on": "2026-11-26"},
        "input": "sm3:" + "1" * 64,
        "output": "sm3:" + "2" * 64,
        "plan": "sm3:" + "3" * 64,
        "digest": "sm3:" + "4" * 64,
        "signer": "数据专员的电脑 0123456789abcdef",
        "handed_in_by": "萨仁",
        "rechecked_by": "巴特尔",
        **changes,
    }


def annexes_of(package_bytes):
    """The text of the paper itself, and that of each paper of annex three."""
    with zipfile.ZipFile(io.BytesIO(package_bytes)) as archive:
        pdfs = [archive.read(name) for name in archive.namelist() if name.endswith(".pdf")]
    first, *others = (text_of(pdf) for pdf in pdfs)
    return first, others


def test_every_proven_masking_is_a_paper_of_its_own_in_annex_three(key):
    proven = [masked(), masked(name="另一条目", signer="", kind="plan_only")]
    made = papers.opinion(payload(masking=proven), key)
    paper, (first, second) = annexes_of(made)
    assert "附件三" in first
    for said in (
        "乌数核〔2026〕31号",
        "1级→3级",
        "最小一组44条",
        "换成带密钥的假名",
        "巴特尔",
        "0123456789abcdef",
        "4" * 8,
    ):
        assert said in first
    assert "没有登记的密钥" in second
    assert "虚构数据" in second
    assert papers.verify(made, trusted=[key.public]).is_valid
    # The paper lists them by their digests, and says of none what it says.
    listed = "".join(paper.partition("附件三脱敏证据")[2].split())
    assert all(digest.removeprefix("sm3:")[:8] in listed for digest in papers.annex_digests(made))
    assert "换成带密钥的假名" not in paper


def test_a_pdf_beside_its_signature_is_checked_and_its_annexes_are_told_as_unchecked(key):
    made = parts(papers.opinion(payload(masking=[masked()]), key))
    verdict = papers.verify(made.pdf, made.signature, trusted=[key.public])
    assert verdict.is_valid
    assert any("附件三共 1 份没有一并提交" in check.sentence() for check in verdict.checks)


@pytest.mark.parametrize("spoil", ["altered", "dropped", "swapped", "surplus"])
def test_an_annex_altered_dropped_swapped_or_added_is_found(key, spoil):
    made = papers.opinion(payload(masking=[masked(), masked(name="另一条目")]), key)
    whole = parts(made)
    one, two = whole.annexes
    annexes = {
        "altered": (one[:-2] + b"x\n", two),
        "dropped": (one,),
        "swapped": (two, one),
        "surplus": (one, two, two),
    }[spoil]
    packed = package.pack(replace(whole, annexes=annexes), "乌数核〔2026〕31号", date(2026, 12, 4))
    assert failed(papers.verify(packed, trusted=[key.public])) == ["annexes"]


def test_the_annex_says_what_was_was_left_and_whether_the_file_to_be_released_was_checked(key):
    proven = [masked(), masked(file_check=None), masked(kind="plan_only", file_check=None)]
    _, (checked, unchecked, planned) = annexes_of(papers.opinion(payload(masking=proven), key))
    for said in (
        "44条有值",
        "市卫生健康委员会",
        "申报的：性别、所在区；系统发现的：所在区",
        "试过17类，全部守住",
        "与以前的3次运行逐列比对过编码，没有发现成批相同的",
        "l=3，t=0.21",
        "已核对，与报告所说的文件一致（其其格，2026年11月26日）",
    ):
        assert said in checked
    assert "签发时还没有核对" in unchecked
    assert "没有发布文件，不用核对" in planned
    assert "以前的发布" not in planned
    cells = {"groups": ["所在区"], "counts": ["人数"], "cells": 9, "left_out": 2, "nobody": 0}
    tabled = masked(counted=cells | {"smallest": 12})
    _, (counted,) = annexes_of(papers.opinion(payload(masking=[tabled]), key))
    assert "看得到9格，隐去2格，最小一格12人" in counted
    assert "单组最大风险" not in counted
    old = masked()
    for later in (
        "file_check",
        "attacks",
        "compared",
        "joins",
        "quasi_identifiers",
        "discovered",
        "l",
        "t",
    ):
        del old[later]
    _, (told,) = annexes_of(papers.opinion(payload(masking=[old]), key))
    assert "最小一组44条" in told
    assert "发布文件" not in told
    assert "以前的发布" not in told


@pytest.mark.parametrize(
    ("compared", "joins", "said"),
    [
        (None, [], "结果中没有带密钥的编码，没有比对"),
        (0, [], "以前没有带编码的发布，没有可比对的"),
        (
            2,
            [{"column": "证件号码", "share": 0.95, "authority": "市数据局"}],
            "「证件号码」有95%的编码与另一次发布相同，可以拼到同一人，请与市数据局联系",
        ),
    ],
)
def test_the_annex_says_no_more_of_earlier_releases_than_was_looked_at(key, compared, joins, said):
    one = masked(compared=compared, joins=joins)
    _, (told,) = annexes_of(papers.opinion(payload(masking=[one]), key))
    assert said in told
    assert "没有发现成批相同" not in told
