"""The catalogue of bad input, each row with the tests that bring it through the door it comes by.

Test ids are given without parameters; test_rows.py sees to it that every row has one and that
each one is there.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One kind of bad input."""

    what: str
    tests: tuple[str, ...]


def row(what: str, *tests: str) -> Row:
    """A row and where it is tested."""
    return Row(what, tests)


DOOR, CHAT = "tests/badinput/test_door.py", "tests/badinput/test_chat.py"
FUZZ, GRPC = "tests/badinput/test_webhook_fuzz.py", "tests/badinput/test_grpc_fuzz.py"
NO_JSON = f"{DOOR}::test_what_is_not_json_is_400_without_a_word"
NO_UPDATE = f"{DOOR}::test_json_that_is_no_update_is_kept_for_a_developer_once"
SECRET = f"{DOOR}::test_a_wrong_secret_is_401_without_a_word"
NOBODY = f"{DOOR}::test_nobody_bots_and_hidden_admins_are_told_kindly_or_not_at_all"
NAME = f"{CHAT}::test_a_name_of_any_letters_is_short_and_plain_text"
CARD = f"{CHAT}::test_a_card_that_is_not_the_persons_own_proves_nothing"
PHONE = f"{CHAT}::test_a_phone_in_any_writing_is_one_phone_and_is_never_logged"
ASKED_AGAIN = f"{CHAT}::test_numbers_days_and_times_that_cannot_be_are_asked_again"
STALE = f"{CHAT}::test_a_stale_button_says_so_and_changes_nothing"
REFUSALS = "tests/sessions/test_sessions_refusals.py"

ROWS: dict[str, Row] = {
    "B1": row("malformed JSON", NO_JSON),
    "B2": row("an empty body", NO_JSON),
    "B3": row("no UTF-8", NO_JSON),
    "B4": row("JSON that is no object", NO_UPDATE),
    "B5": row("an object without update_id", NO_UPDATE),
    "B7": row("a key twice", f"{DOOR}::test_of_a_key_that_comes_twice_the_last_counts"),
    "B8": row("nesting 100,000 deep", NO_JSON),
    "B9": row("a body of 2 MiB", f"{DOOR}::test_two_mebibytes_are_413"),
    "B11": row(
        "a body without end", "tests/gateway/test_webhook.py::test_a_body_without_end_is_408"
    ),
    "B12": row("a wrong content type", f"{DOOR}::test_another_content_type_is_no_reason_to_fail"),
    "B13": row("another method", f"{DOOR}::test_another_method_is_405_without_detail"),
    "B14": row("no secret, a wrong, an empty one, a prefix, another case", SECRET),
    "B15": row("a secret that is no ASCII", SECRET),
    "B17": row(
        "a forged X-Forwarded-For",
        f"{DOOR}::test_who_says_he_comes_from_telegrams_address_is_not_believed",
    ),
    "B18": row(
        "an old update again", f"{DOOR}::test_an_old_update_played_again_has_its_effect_once"
    ),
    "B20": row(
        "unknown types and fields",
        f"{DOOR}::test_kinds_and_fields_that_nobody_knows_are_200",
        f"{FUZZ}::test_no_update_of_any_type_breaks_anything_or_is_stored_twice",
    ),
    "B21": row("a message of nobody", NOBODY),
    "B22": row("a message of a bot", NOBODY),
    "B23": row(
        "forged callback data",
        f"{CHAT}::test_a_button_of_no_session_is_refused",
        f"{FUZZ}::test_every_button_forged_is_answered_over_the_chat",
    ),
    "B24": row(
        "another person's keyboard",
        f"{CHAT}::test_a_forwarded_keyboard_gives_nobody_its_owners_rights",
    ),
    "B26": row("a stale button", STALE),
    "B27": row("twenty presses", f"{CHAT}::test_twenty_presses_are_one_place"),
    "B28": row(
        "join and leave together",
        f"{CHAT}::test_join_and_leave_pressed_together_end_in_one_of_both_orders",
    ),
    "B29": row(
        "60 callers for the last places",
        "tests/e2e/test_last_places.py"
        "::test_sixty_press_join_on_the_last_ten_places_ten_times_over",
    ),
    "B30": row(
        "fewer places than are taken",
        f"{REFUSALS}::test_fewer_places_than_are_taken_are_refused",
    ),
    "B31": row(
        "a press that comes late",
        STALE,
        "tests/gateway/sender/test_verdicts.py::test_an_answer_of_telegram_has_one_verdict",
    ),
    "B32": row(
        "an admin's button pressed by somebody else",
        f"{CHAT}::test_a_forwarded_keyboard_gives_nobody_its_owners_rights",
    ),
    "B33": row(
        "who was an admin a second ago",
        f"{REFUSALS}::test_a_demoted_organiser_may_not_write_a_moment_later",
    ),
    "B35": row("another person's contact", CARD),
    "B36": row("a contact of nobody", CARD),
    "B37": row("phones in any writing", f"{CHAT}::test_what_is_no_phone_is_refused", PHONE),
    "B38": row("a phone that is another account's", PHONE),
    "B39": row("a name without end", NAME),
    "B40": row("a name with HTML", NAME),
    "B41": row("a name with Markdown and mentions", NAME),
    "B44": row("NUL in text", f"{DOOR}::test_nul_and_halves_of_letters_never_reach_a_store"),
    "B46": row(
        "SQL in text",
        NAME,
        "tests/users/test_users_api.py"
        "::test_people_are_found_by_the_beginning_of_a_name_taken_literally",
    ),
    "B48": row("line breaks and escapes into logs", NAME),
    "B49": row(
        "numbers of places and money that cannot be",
        ASKED_AGAIN,
        f"{REFUSALS}::test_a_capacity_outside_2_to_100_is_refused",
        "tests/sessions/test_sessions_rules.py"
        "::test_what_is_no_whole_number_is_neither_places_nor_money",
    ),
    "B50": row(
        "ids beyond 2^31, 2^52, 2^63",
        f"{DOOR}::test_a_large_id_is_somebody_and_an_impossible_one_nobody",
    ),
    "B51": row("days and times that cannot be", ASKED_AGAIN),
    "B52": row(
        "sessions too long, backwards, overlapping",
        f"{REFUSALS}::test_impossible_times_are_refused",
        f"{REFUSALS}::test_a_venue_is_booked_once_at_a_time",
    ),
    "B53": row(
        "texts beyond Telegram's limit",
        "tests/gateway/test_rendering.py::test_a_text_that_is_too_long_is_cut_with_its_tags_closed",
        "tests/gateway/features/test_evening_feature.py"
        "::test_the_largest_evening_fits_into_its_screens",
    ),
    "B54": row(
        "a flood by one person",
        "tests/e2e/test_admission.py"
        "::test_of_sixty_updates_at_once_thirty_are_handled_and_others_unaffected",
    ),
    "B55": row(
        "anything where words are due",
        f"{CHAT}::test_where_words_are_due_anything_else_is_asked_again",
        f"{CHAT}::test_an_edited_message_is_as_good_as_a_new_one",
    ),
    "B57": row(
        "who has blocked the bot",
        "tests/gateway/sender/test_notices_sent.py"
        "::test_who_blocked_the_bot_is_marked_and_his_notices_end_at_once",
        "tests/gateway/test_updates.py::test_who_blocks_the_bot_is_told_to_users",
    ),
    "B59": row(
        "bad calls between services",
        f"{GRPC}::test_whatever_is_asked_nothing_breaks_and_a_repeat_changes_nothing",
        f"{GRPC}::test_bytes_that_are_no_message_and_calls_without_a_deadline_are_refused",
        f"{GRPC}::test_five_mebibytes_and_odd_metadata_are_refused_or_passed_over",
    ),
    "B60": row(
        "bad FotbotBot resources",
        "tests/k8s/operator/test_cluster_bad_specs.py"
        "::test_each_wrong_spec_is_refused_with_a_sentence",
        "tests/k8s/operator/test_cluster_bad_specs.py::test_a_huge_bot_is_refused",
        "tests/k8s/operator/test_rounds.py::test_a_bad_spec_is_a_condition_and_moves_nothing",
        "tests/k8s/operator/test_cluster_trouble.py"
        "::test_a_bot_that_is_deleted_half_way_leaves_nothing_behind",
    ),
}
