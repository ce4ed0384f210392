"""The answer to a browser: only what differs, and applied to what it shows it gives what is true."""

import re

import htpy
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.page.parts import Known, Part, growing, part, read_known, update

ITEM = re.compile(r'<li id="(list-\d+)"(?: data-v="(\w+)")?(?: hx-swap-oob="(\w+)")?>')
ITEMS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), unique_by=lambda item: item[0], max_size=8)


def log(items: list[tuple[int, int]], title: str = "t") -> Part:
    """A growing list with these (number, version) items."""
    drawn = [part(htpy.li(id=f"list-{number}")[f"version {version}"]) for number, version in items]
    return growing(htpy.div(id="body", title=title)[htpy.ol(lang="en", id="list")[()]], "list", drawn)


def shown(one: Part) -> Known:
    """What a browser says that shows this part."""
    return {one.id: one.digest, **{item.id: item.digest for item in one.items}}


def apply(html: str, known: Known) -> list[tuple[str, str]]:
    """The list's items and digests after a browser has taken the answer in."""
    if html.startswith('<div id="body"'):
        return [(name, digest) for name, digest, _ in ITEM.findall(html)]
    items = {name: digest for name, digest in known.items() if name != "body"}
    head, *runs = re.split(r'<ol hx-swap-oob="(\w+):#([\w-]+)">', html)
    for name, digest, oob in ITEM.findall(head):
        if oob == "delete":
            del items[name]
        else:
            assert oob == "true"
            assert name in items
            items[name] = digest
    order = list(items.items())
    for way, target, added in zip(runs[::3], runs[1::3], runs[2::3], strict=True):
        new = [(name, digest) for name, digest, _ in ITEM.findall(added)]
        assert not items.keys() & dict(new).keys(), "nothing is added twice"
        at = {"afterbegin": 0, "beforeend": len(order)}.get(way)
        at = [name for name, _ in order].index(target) + 1 if at is None else at
        order[at:at] = new
    return order


@given(ITEMS, ITEMS)
def test_an_update_leads_from_any_list_to_any_other(old: list[tuple[int, int]], new: list[tuple[int, int]]) -> None:
    before, after = log(old), log(new)
    assert apply(str(update([after], shown(before))), shown(before)) == [(i.id, i.digest) for i in after.items]


@given(ITEMS)
def test_what_did_not_change_is_not_sent(items: list[tuple[int, int]]) -> None:
    assert update([log(items)], shown(log(items))) == ""


def test_a_new_message_leaves_the_others_alone() -> None:
    html = str(update([log([(1, 0), (2, 0)])], shown(log([(1, 0)]))))
    assert "list-2" in html
    assert "list-1" not in html


def test_older_messages_leave_the_others_alone() -> None:
    html = str(update([log([(8, 1), (5, 0), (6, 0), (7, 0)])], shown(log([(8, 0), (7, 0), (9, 0)]))))
    assert [name for name, _, _ in ITEM.findall(html)] == ["list-9", "list-8", "list-5", "list-6"]


def test_a_changed_frame_is_sent_whole() -> None:
    html = str(update([log([(1, 0)], "new")], shown(log([(1, 0)], "old"))))
    assert 'id="body"' in html
    assert "list-1" in html


def test_a_part_carries_its_digest() -> None:
    one = part(htpy.p(id="x", title='"quoted" id="x"')["text"])
    assert f'<p id="x" data-v="{one.digest}"' in one.draw()
    assert one.draw("true").count("hx-swap-oob") == 1


def test_the_browsers_account_is_read_in_order() -> None:
    assert list(read_known("b=1;a=2;;junk;c=3").items()) == [("b", "1"), ("a", "2"), ("c", "3")]
