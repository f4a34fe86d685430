"""What is promised about who may do what and who learns what, each with the tests that show it.

`python -m tests.security` prints it as the README has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PROMISES: Mapping[str, Sequence[str]] = {
    "Processes know each other by certificate; a caller without a good one gets no answer": (
        "tests/chassis/test_tls.py::test_who_shows_no_certificate_is_not_let_in",
        "tests/chassis/test_tls.py::test_another_authoritys_certificate_and_plain_text_are_not_let_in",
        "tests/chassis/test_tls.py::test_a_caller_does_not_talk_to_a_server_that_it_does_not_trust",
    ),
    "Certificates are renewed on both sides without a restart and without a failed call": (
        "tests/chassis/test_tls.py::test_all_certificates_and_the_authority_are_renewed_and_no_call_fails",
    ),
    "Each method has its callers; the gateway alone speaks for a person": (
        "tests/chassis/test_edges.py::test_only_the_gateway_speaks_for_a_person",
        "tests/security/test_authorisation.py::test_only_these_processes_may_bring_it",
        "tests/chassis/test_tls.py::test_a_role_that_may_not_is_turned_away_logged_and_counted",
    ),
    "Postgres is talked to by TLS, verified in full": (
        "tests/chassis/test_tls_stores.py::test_another_authoritys_server_is_not_talked_to",
        "tests/chassis/test_tls_stores.py::test_a_server_of_another_name_is_talked_to_only_where_names_do_not_count",
    ),
    "The cache by TLS, as the one user who may": (
        "tests/chassis/test_tls_stores.py::test_the_cache_is_used_by_tls_and_by_the_one_user_who_may",
    ),
    "A service's database role reads and writes its rows; its migrator alone changes tables": (
        "tests/helm/test_chart_database.py::test_a_service_owns_nothing_and_makes_nothing",
        "tests/helm/test_chart_database.py::test_neither_a_service_nor_its_migrator_sees_anothers_schema",
        "tests/local/test_postgres_pair.py::test_a_role_reads_and_writes_its_rows_and_changes_no_table",
        "tests/security/test_authorisation.py::test_who_may_do_it_and_nobody_else",
    ),
    "Credentials are read again from their files": (
        "tests/security/test_renewed_secrets.py::test_a_databases_new_password_counts_from_the_next_connection_on",
        "tests/security/test_renewed_secrets.py::test_the_caches_new_password_counts_from_the_next_connection_on",
        "tests/security/test_renewed_secrets.py::test_the_bots_new_token_is_used_from_the_next_call_on_and_another_bots_is_not",
        "tests/security/test_renewed_secrets.py::test_the_invitation_key_is_what_its_file_holds",
    ),
    "The webhook's secret has 32 characters or more and is rotated without a lost update": (
        "tests/gateway/test_gateway_settings.py::test_a_secret_that_can_be_found_out_is_refused_in_a_sentence",
        "tests/gateway/test_accepted_secrets.py::test_a_rotation_turns_no_update_away_and_the_old_secret_ends_with_it",
    ),
    "The gateway has no token": (
        "tests/helm/test_chart_pods.py::test_the_token_is_the_senders_alone",
        "tests/helm/test_chart_pods.py::test_a_secret_reaches_only_who_is_entitled_to_it",
    ),
    "No token, phone, secret or invitation in logs, traces, metrics and answers of a whole run": (
        "tests/e2e/test_nothing_leaks.py::test_nothing_that_was_written_holds_what_nobody_may_read",
        "tests/chassis/test_logs.py::test_tokens_phones_and_passwords_stay_inside",
        "tests/observe/test_error_reports.py::test_a_poisoned_update_is_told_once_and_with_nothing_personal",
    ),
    "Who may do what, by role, method and ownership, in the owning service": (
        "tests/security/test_authorisation.py::test_every_method_has_its_row_and_those_that_name_an_actor_one_by_person",
        "tests/security/test_authorisation.py::test_who_may_do_it_and_nobody_else",
    ),
    "ADMIN_TG_IDS empty means nobody; who is taken off is none at once": (
        "tests/users/test_users_settings.py::test_nobody_is_an_admin_and_people_are_greeted_in_uzbek_by_default",
        "tests/security/test_renewed_secrets.py::test_who_is_taken_off_the_list_is_no_admin_at_once_and_nobody_is_named_by_nothing",
        "tests/security/test_renewed_secrets.py::test_who_was_taken_off_while_nothing_ran_is_forgotten_at_the_start",
    ),
    "Refused acts and captains' deeds are in the audit": (
        "tests/e2e/test_nothing_leaks.py::test_a_try_of_what_is_not_his_is_in_the_audit",
        "tests/security/test_deeds_audited.py::test_a_captains_deeds_are_written_down_once",
        "tests/security/test_authorisation.py::test_who_may_do_it_and_nobody_else",
    ),
    "Invitations have 128 random bits, are stored hashed, end after 7 days or when revoked": (
        "tests/teams/test_invitations.py::test_a_token_is_22_characters_and_comes_again_from_its_seed",
        "tests/teams/test_invitations.py::test_without_the_key_the_seed_does_not_give_the_token",
        "tests/teams/test_captaincy_api.py::test_revoked_unknown_and_ended_links_lead_nowhere",
    ),
    "A person's updates are limited, by the process itself where the cache is gone": (
        "tests/e2e/test_admission.py::test_of_sixty_updates_at_once_thirty_are_handled_and_others_unaffected",
        "tests/gateway/test_crowd.py::test_the_process_never_lets_through_more_than_the_limit_when_the_cluster_comes_and_goes",
        "tests/gateway/sender/test_limits.py::test_without_the_cluster_a_sender_keeps_its_share_alone",
    ),
    "The local chat page is for this machine, by its Host and Origin": (
        "tests/local/telegram/test_local_api.py::test_other_peoples_pages_are_kept_out",
    ),
    "The image runs as nobody, on a disk that it cannot write": (
        "tests/image/test_image_parts.py::test_every_image_runs_as_nobody_and_takes_its_base_as_an_argument",
        "tests/image/test_image_built.py::test_every_role_starts_on_a_read_only_disk_and_says_what_it_lacks",
        "tests/helm/test_chart_pods.py::test_every_pod_is_restricted_and_writes_nowhere_but_its_volumes",
    ),
    "`make audit`: hashes, licences, known vulnerabilities; what nobody audited is a finding": (
        "tests/audit/test_audit.py::test_a_planted_vulnerable_pin_fails_though_no_service_answers",
        "tests/audit/test_audit.py::test_a_pin_that_the_service_skipped_is_a_finding",
        "tests/audit/test_audit.py::test_an_install_without_hashes_is_a_finding",
        "tests/audit/test_audit.py::test_the_bill_lists_every_pin_that_runs",
        "tests/audit/test_audit.py::test_an_answer_ends_on_its_day",
    ),
}


def table() -> str:
    """In Markdown, a line each."""
    lines = ["| promise | shown by |", "|---|---|"]
    for promise, tests in PROMISES.items():
        shown = ", ".join(f"`{_short(test)}`" for test in tests)
        lines.append(f"| {promise} | {shown} |")
    return "\n".join(lines)


def _short(test: str) -> str:
    """Without the folder that they are all in."""
    return test.removeprefix("tests/")
