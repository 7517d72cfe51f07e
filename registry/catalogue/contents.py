"""What every column of the tables that can hold a text is to a wipe.

Whoever adds a column says here which place of `registry.catalogue.places` empties it, or why a
wipe leaves it alone; the tests of the house fail until it is said.
"""

from collections.abc import Mapping

# Texts of people about something else, in which the name of an entry may stand.
QUOTING = """
    finding.text demand.document request.document request.answer request_event.text
    standing_consent.scope assessment.number assessment.none_because evidence.number
    evidence.issuer not_applicable.note business_table.exempt_because project.facts
    transfer.basis submission.title submission.letter_number merged_post.reason
    merged_post.consent paper.number stored_file.name api_token.purpose
    dictionary_entry.terms dictionary_entry.broader dictionary_entry.related
    dictionary_entry.said dictionary_entry.together
    dictionary_entry.because dictionary_entry.retired_because report_signer.revoked_because
"""

# By place: the columns it empties.
EMPTIED: Mapping[str, str] = {
    "opinions": "opinion.payload revocation.reason revocation.statement",
    "editions": "edition.rows",
    "findings": "finding.text",
    "remarks": "remark.pointer remark.code remark.text",
    "aliases": "alias.source alias.value",
    "submissions": "submission.title",
    "masking": "masking_plan.plan masking_plan.digest masking_report.report"
    " masking_report.file_check"
    " masking_report.plan_digest release_sketch.column release_sketch.digests"
    " release_join.column release_join.other_column masking_run.plan_digest"
    " masking_run.source_name masking_run.table_name masking_run.why",
    "requests": "request.document request.answer request_event.text request_element.element_key"
    " standing_consent.scope",
    "demands": "demand.document request_event.text",
    "mounts": "mount.columns mount.number mount.file_digest",
    "tables": "business_table.name business_table.exempt_because not_applicable.note",
    "assessments": "assessment.none_because",
    "files": "stored_file.name",
    "tickets": "form_key.key form_key.answer",
    "elements": "element.key element.name element.level element.pi_kind element.share_type"
    " element.open_type",
    "versions": "version.name version.level version.share_type version.open_type"
    " version.visibility version.document version.salt version.faults",
    "queries": "unanswered_query.text asked_query.text saved_search.name saved_search.text"
    " saved_search.filters",
    "claims": "claim.key claim.remote_id claim.remote_modified claim.digest claim.state"
    " claim.fault claim.name claim.code claim.unit_code claim.unit_name claim.document"
    " claim.latest claim.reason",
    "quotes": QUOTING,
    "shown": "shown.face shown.digest trait.field trait.value",
}

# By reason: the columns a wipe leaves alone.
LEFT: Mapping[str, str] = {
    "an id or number this registry gives out itself": """
        organisation.key person.key assessment.key edition.key job.key merged_post.key project.key
        resource.key submission.key system.key transfer.key api_token.key demand.key evidence.key
        finding.key freeze.key mount.key stored_file.key masking_plan.key opinion.key paper.key
        request.key masking_report.key resource.code demand.number request.number opinion.number
        revocation.number edition.paper_number counter.series transfer.entries wiped_mark.key
        masking_run.key masking_run.place notice.subject notice.key dictionary_entry.key
        saved_search.key
        dictionary_entry.retires""",
    "a code of a list": """
        version.state assessment.kind edition.list job.kind merged_post.act_a merged_post.act_b
        notice.role notice.kind post.role project.kind project.stage project.build_mode
        business_table.kind deferral.gate deferral.reason demand.state evidence.gate finding.kind
        finding.state freeze.reason mount.method not_applicable.gate not_applicable.reason
        stored_file.purpose masking_plan.profile opinion.stage opinion.result paper.step
        request.state decision.step decision.role decision.way masking_report.kind
        masking_report.verdict masking_run.kind masking_run.source masking_run.format
        masking_run.state masking_run.step request_event.act request_event.role calendar_day.kind
        organisation.class_code organisation.region organisation.kind organisation.regime
        unanswered_query.kind census.share_type census.open_type census.visibility census.level
        census.month""",
    "a digest: salted by what goes, keyed, or of a file nobody can guess whole": """
        version.digest edition.digest stored_file.digest opinion.digest paper.digest
        decision.digest masking_report.digest masking_report.seal masking_run.version_digest
        wiped_mark.mark census.visible_to""",
    "the journal: keys, digests, codes, counts and dates, sealed row by row": """
        journal.person journal.account journal.role journal.organisation journal.way journal.act
        journal.subject journal.key journal.digest journal.outcome journal.facts journal.mac
        journal.leaf journal_tree.frontier signed_head.root signed_head.key_id
        signed_head.algorithm signed_head.signature""",
    "who people are, where they work and how they sign in": """
        organisation.code organisation.name organisation.short organisation.duty
        organisation.vertical organisation.basis organisation.holders person.name account.username
        account.password post.title browser_session.token api_token.token failed_sign_in.name
        failed_sign_in.address paper.signer paper.signer_post""",
    "a project or system by its public name, as its approval has it": """
        project.name project.approval system.code system.name system.holders""",
    "the number of the decision on this very freeze": "freeze.paper_number",
    "the calendar and decisions of the city": """
        calendar_day.name calendar_day.source setting.name setting.value""",
    "the keys of a unit's own machines, as it names them": """
        report_signer.key report_signer.name report_signer.algorithm report_signer.key_id
        report_signer.value""",
    "keys, counts and fixed words of work for later": "job.payload job.outcome outbox.fault",
    "another catalogue by the words of who harvests it, and how far it was read": """
        harvest_source.key harvest_source.name harvest_source.kind harvest_source.address
        harvest_source.token_file harvest_source.cursor harvest_source.since harvest_source.fault
        harvest_source.fault_facts""",
}
