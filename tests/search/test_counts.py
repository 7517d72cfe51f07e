"""What is counted is right: generated entries and questions whose answers are known beforehand."""

import itertools
import random
from collections.abc import Iterator

from search import Index, Query, Reader, SearchDoc

# A concept by the words that mean it: some are asked with, some are written in entries.
CONCEPTS = {
    "marriage": (("结婚证", "婚姻登记", "jiehunzheng"), ("婚姻登记", "结婚登记")),
    "legal_aid": (("法律援助", "请不起律师"), ("法律援助", "法援")),
    "hydrant": (("消防栓",), ("消防栓", "消火栓")),
    "pollution": (("排污许可证",), ("排污许可证",)),
    "toilet": (("公厕", "公共厕所"), ("公共厕所", "公厕")),
    "tree": (("古树名木",), ("古树名木",)),
    "pet": (("宠物医院", "狗生病"), ("动物诊疗", "宠物医院")),
    "shelter": (("应急避难场所",), ("应急避难场所",)),
    "telephone": (("联系电话",), ("联系电话",)),
    "mediation": (("人民调解员",), ("人民调解员",)),
}
# Words that share characters with what is asked, and mean something else.
NEAR = (
    "登记机关通信费",
    "联系方法",
    "律师费用",
    "电力设备",
    "污水管网",
    "公共自行车",
    "行道树",
    "难点问题",
    "诊所",
)
ENTRIES = 300


def entries() -> tuple[list[SearchDoc], dict[str, set[str]]]:
    """Entries with a few concepts each, in title, abstract or elements, and who holds which."""
    draw = random.Random(20_260_901)
    holders: dict[str, set[str]] = {name: set() for name in CONCEPTS}
    docs = []
    for number in range(ENTRIES):
        key = f"{number:016}"
        held = draw.sample(sorted(CONCEPTS), draw.choice((0, 1, 1, 2, 3)))
        places: dict[str, list[str]] = {"name": [], "abstract": [], "items": []}
        for name in held:
            holders[name].add(key)
            places[draw.choice(("name", "abstract", "items"))].append(
                draw.choice(CONCEPTS[name][1])
            )
        for word in draw.sample(NEAR, 2):
            places[draw.choice(("name", "abstract", "items"))].append(word)
        document = {
            "name": "；".join([*places["name"], f"资料{number}"]),
            "abstract": "；".join(places["abstract"]),
            "items": [{"name": name} for name in places["items"]],
        }
        docs.append(SearchDoc(key, "1", "150300", 1, document, {}))
    return docs, holders


def questions(holders: dict[str, set[str]]) -> Iterator[tuple[str, set[str]]]:
    """Every word alone, in a sentence, and two concepts together, each with its whole answer."""
    for name, (asked, _) in CONCEPTS.items():
        for word in asked:
            yield word, holders[name]
            if not word.isascii():
                yield f"请问哪里可以查{word}", holders[name]
    for one, other in itertools.combinations(CONCEPTS, 2):
        yield f"{CONCEPTS[one][0][0]} {CONCEPTS[other][0][0]}", holders[one] & holders[other]


def test_what_is_counted_is_what_was_asked_for_and_all_of_it(index: Index) -> None:
    docs, holders = entries()
    index.rebuild(docs)
    precise, full, asked = [], [], 0
    for text, right in questions(holders):
        result = index.search(Query(text, reader=Reader(everything=True), limit=ENTRIES))
        got = {hit.key for hit in result.hits}
        assert result.total == len(got)
        asked += 1
        if got:
            precise.append(len(got & right) / len(got))
        if right:
            full.append(len(got & right) / len(right))
    assert asked > 60
    assert sum(precise) / len(precise) >= 0.95
    assert sum(full) / len(full) >= 0.98


def titled(index: Index, *names: str) -> None:
    index.rebuild(
        SearchDoc(f"{n:016}", "1", "150300", 1, {"name": name}, {}) for n, name in enumerate(names)
    )


def found(index: Index, text: str) -> list[int]:
    result = index.search(Query(text, reader=Reader(everything=True), limit=10))
    return sorted(int(hit.key) for hit in result.hits)


def test_what_ends_in_a_word_for_a_place_counts_under_another_ending(index: Index) -> None:
    titled(index, "街头采血点位图", "献血屋信息", "献血者名册", "采血车辆", "血站")
    assert found(index, "献血点") == [0, 1]


def test_persons_count_whether_they_are_called_staff_or_not(index: Index) -> None:
    titled(index, "公证人员名单信息", "公证员名录", "公证费用")
    assert found(index, "公证员名单") == [0, 1]


def test_a_word_nobody_knows_counts_where_the_two_words_it_is_made_of_stand(index: Index) -> None:
    titled(index, "火星学校移民资助", "火星移民", "火星观测", "移民安置")
    assert found(index, "火星移民") == [0, 1]


def test_a_term_counts_where_the_two_words_it_is_made_of_stand(index: Index) -> None:
    titled(index, "食品安全监督抽检信息", "食品抽检结果", "食品经营许可", "药品抽检")
    assert found(index, "食品抽检") == [0, 1]
    titled(index, "民办学前教育学校及幼儿园", "公办幼儿园", "民办学校")
    assert found(index, "民办幼儿园") == [0]


def test_of_a_kind_of_thing_only_what_is_of_the_term_counts(index: Index) -> None:
    titled(index, "公证机构名录", "公证处", "公证书由登记机构保管")
    assert found(index, "公证机构") == [0, 1]


def test_typed_pinyin_is_the_word_that_sounds_so_before_any_other(index: Index) -> None:
    titled(index, "零售药店", "工作要点", "重要电力用户")
    assert found(index, "yaodian") == [0]
    titled(index, "工作要点", "书店")
    assert found(index, "yaodian") == [0]


def test_a_word_inside_a_longer_one_that_does_not_mean_it_is_not_counted(index: Index) -> None:
    titled(index, "煤矿名单", "非煤矿山名单", "废弃煤矿治理")
    assert found(index, "煤矿") == [0, 2]
    titled(index, "小区业主大会", "规模以上工业企业主要产品", "企业主要负责人")
    assert found(index, "业主") == [0]


def test_what_did_not_pass_is_not_asked_for_by_what_did(index: Index) -> None:
    titled(index, "化妆品抽检不合格信息", "化妆品抽检合格信息", "产品质量监督抽查")
    assert found(index, "不合格 化妆品") == [0]


def test_words_for_the_form_of_data_need_not_be_held(index: Index) -> None:
    titled(index, "食品抽检不合格信息", "食品抽检结果", "考试结果")
    assert found(index, "食品抽检结果") == [0, 1]
    titled(index, "消防栓", "消防栓位置", "公交站位置")
    assert found(index, "消防栓位置") == [0, 1]


def held_by(index: Index, *entries: tuple[str, str]) -> None:
    index.rebuild(
        SearchDoc(f"{n:016}", "1", "150300", 1, {"name": name}, {"department_name": unit})
        for n, (unit, name) in enumerate(entries)
    )


def test_a_unit_beside_a_subject_counts_its_own_and_is_spared_where_it_holds_none(
    index: Index,
) -> None:
    held_by(index, ("市民政局", "养老机构"), ("市统计局", "养老机构数"), ("市公安局", "养犬登记"))
    assert found(index, "民政局 养老机构") == [0]
    told = index.search(Query("税务局 养老机构", reader=Reader(everything=True)))
    assert (told.total, told.spared) == (2, ("税务局",))
    # Who chose a filter under which nothing is left is not given something else.
    chosen = Query(
        "民政局 养老机构", filters={"department": ("none",)}, reader=Reader(everything=True)
    )
    assert (index.search(chosen).total, index.search(chosen).spared) == (0, ())


def test_a_piece_of_a_title_counts_though_its_words_mean_something_else_together(
    index: Index,
) -> None:
    titled(index, "妇女儿童维权案件统计", "快递申诉处理", "投资审计项目信息", "园区招商项目")
    assert 0 in found(index, "妇女儿童维权案件")
    assert 0 in found(index, "维权案件统计")
    assert 2 in found(index, "投资审计项目")
    titled(index, "投资审计项目信息", "投资审计项目配套停车场")
    assert found(index, "投资审计项目 -停车场") == [0]


def test_a_word_no_entry_holds_counts_as_what_it_sounds_like(index: Index) -> None:
    titled(index, "博物馆名录", "物业公司信用信息", "停车场")
    told = index.search(Query("博物管", reader=Reader(everything=True)))
    assert (told.total, told.heard) == (1, (("博物管", "博物馆"),))
    assert found(index, "物业公思") == [1]
    titled(index, "博物馆名录", "博物管理规定")
    assert found(index, "博物管") == [1]


def test_two_characters_are_heard_as_a_term_where_nothing_else_was_typed(index: Index) -> None:
    titled(index, "社会保险费征缴", "停车场")
    assert found(index, "社报") == [0]
    assert found(index, "社报 停车场") == []
    titled(index, "接待费用", "借贷合同")
    assert found(index, "接待") == [0]


def test_of_two_things_of_a_kind_either_counts_where_no_entry_holds_both(index: Index) -> None:
    titled(index, "渡口分布", "渡船名录", "停车场")
    assert found(index, "渡口渡船") == [0, 1]
    titled(index, "渡口分布", "渡船名录", "渡口和渡船检查")
    assert found(index, "渡口渡船") == [2]


def test_what_nobody_knows_of_a_sentence_is_spared_where_no_entry_holds_it(index: Index) -> None:
    titled(index, "异地就医备案", "停车场")
    told = index.search(Query("异地看病怎么直接报销", reader=Reader(everything=True)))
    assert (told.total, told.spared) == (1, ("直接报销",))


def test_whom_a_question_is_about_need_not_be_named_where_no_entry_names_him(
    index: Index,
) -> None:
    titled(index, "行政处罚信息", "企业登记")
    asked = "想查企业有没有被行政处罚"
    told = index.search(Query(asked, reader=Reader(everything=True)))
    assert (told.total, told.spared) == (1, ("企业",))
    titled(index, "行政处罚信息", "企业行政处罚")
    assert found(index, asked) == [1]


def test_what_a_cut_left_over_is_spared_and_a_word_typed_apart_is_meant(index: Index) -> None:
    titled(index, "食品经营许可证", "停车场")
    assert found(index, "食品经营许可证样板") == [0]
    assert found(index, "食品经营许可证 三亚") == []


def test_a_word_that_the_longer_one_beside_it_says_already_is_not_asked_twice(
    index: Index,
) -> None:
    titled(index, "驾校名录", "停车场")
    assert found(index, "机动车驾驶员培训机构驾校") == [0]


def test_a_wider_word_is_answered_by_the_narrower_and_answers_it_not(index: Index) -> None:
    titled(index, "污水处理厂名录", "农村污水治理", "食品生产许可", "食品小作坊登记")
    assert found(index, "污水处理厂") == [0]
    assert found(index, "污水") == [0, 1]
    assert found(index, "小作坊") == [3]


def test_who_somebody_goes_with_sets_off_no_other_meaning(index: Index) -> None:
    titled(index, "景区门票价格", "老年人优待证", "停车场")
    assert found(index, "带爸妈去公园门票要钱吗") == [0]


def test_the_number_of_a_standard_is_found_as_it_is_written_and_not_by_sound(index: Index) -> None:
    titled(
        index, "行政区划代码（GB/T 2260-2007）", "公办幼儿园体验点", "国标2260对照表", "公安标准"
    )
    assert found(index, "GB/T 2260") == [0, 2]
    assert found(index, "GB 2260") == [0, 2]
    assert found(index, "GA/T 704") == []


def test_what_words_mean_together_counts_where_no_entry_holds_them_all(index: Index) -> None:
    titled(index, "生育津贴发放", "停车场")
    assert found(index, "生小孩补贴") == [0]
    titled(index, "生育津贴发放", "分娩补助名单")
    assert found(index, "生小孩补贴") == [1]


def test_a_year_is_held_where_an_entry_names_it_and_spared_where_none_does(index: Index) -> None:
    titled(index, "2024年水资源税", "水资源税征收", "空气质量监测")
    assert found(index, "2024年水资源税") == [0]
    told = index.search(Query("2025年空气质量", reader=Reader(everything=True)))
    assert (told.total, told.spared) == (1, ("2025",))


def test_an_office_that_acts_is_not_counted_for_what_offices_do(index: Index) -> None:
    titled(index, "城管执法案件", "行政处罚信息", "煤炭产销日报", "煤矿名录")
    assert found(index, "城管执法案件") == [0]
    assert found(index, "煤价") == [2]
    assert found(index, "哪些公司被罚过款") == [1]
