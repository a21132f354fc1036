"""No sealed cell about a person is forgotten when their call or case is erased."""

from sqlmodel import SQLModel

from hotline.i18n.rights_words import RIGHTS_WORDS
from hotline.rights.belonging import CALL, CASE, OF_OTHERS, PLAIN, cells_of, plain_of
from hotline.storage.resealing import sealed_columns

NOT_A_CALLERS = {
    "text_consent.number_index",  # a wish for no texts, which nobody can read back
    "known_caller.from_index",  # ends by its own time
    "push_subscription.address_index",  # of an officer's browser
    "guardian_block.number_index",  # protects the child for as long as it stands
}


def test_each_sealed_column_belongs_to_a_call_or_a_case_or_it_is_written_down_whose_it_is() -> None:
    belonging = {column.name for target in (CALL, CASE) for column, _ in cells_of(target)}
    every = {column.name for column in sealed_columns()}

    assert every - belonging == OF_OTHERS.keys() & every
    assert OF_OTHERS.keys() <= every


def test_each_column_by_which_a_number_is_known_again_is_emptied_as_well() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("_index", "_masked")) or column.name == "masked"
    }
    named = {f"{table}.{column}" for table, columns in PLAIN.items() for column in columns}

    assert found - named == NOT_A_CALLERS & found
    emptied = {f"{table.name}.{name}" for target in (CALL, CASE)
               for table, name, _ in plain_of(target)}  # fmt: skip
    assert emptied == named


def test_each_table_that_holds_something_of_a_person_has_a_word_at_the_desk() -> None:
    tables = {column.table.name for target in (CALL, CASE) for column, _ in cells_of(target)}

    assert tables == RIGHTS_WORDS["kept_table"].keys()
