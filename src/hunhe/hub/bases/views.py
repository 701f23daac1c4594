"""Pages of golden records: the bases, one record field by field, proposals under four eyes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.hub.bases import actions, queries, showing
from hunhe.hub.bases.shapes import MergeState
from hunhe.ui.callers import caller


@require_GET
def bases(request: HttpRequest) -> HttpResponse:
    """All bases with what they hold and the build under way."""
    who = caller(request)
    found = [(counts, showing.kind_of(counts.build)) for counts in queries.list_bases(who=who)]
    return render(request, "bases/bases.html", {"bases": found, "may_build": who.holds("bases.may_build")})


@require_GET
def base(request: HttpRequest, base: str) -> HttpResponse:
    """One base: its subjects by state, the lists it is made from, its builds."""
    who = caller(request)
    counts = queries.counts(who=who, base=base)
    builds = queries.list_builds(who=who, base=base, cursor=request.GET.get("cursor")) if who.holds("bases.may_build") else None
    context = {
        "counts": counts,
        "kind": showing.kind_of(counts.build),
        "lists": showing.lists(counts),
        "page": builds,
        "builds": [(build, showing.kind_of(build)) for build in builds.items] if builds else [],
        "may_build": who.holds("bases.may_build"),
        "may_see": who.holds(queries.SEE),
        "may_merge": who.holds(actions.MERGE),
    }
    return render(request, "bases/base.html", context)


@require_POST
def find(request: HttpRequest, base: str) -> HttpResponse:
    """From a number to its record; the number travels in the body and stands in no address."""
    subject_id = queries.subject_by_id_number(who=caller(request), base=base, number=request.POST.get("number", ""))
    if subject_id is None:
        messages.warning(request, gettext("Nobody in this base has that number."))
        return redirect("bases:base", base)
    return redirect("bases:subject", base, subject_id)


@require_GET
def subject(request: HttpRequest, base: str, subject_id: str) -> HttpResponse:
    """One golden record; an old id leads to the one that stands now."""
    who = caller(request)
    record = queries.subject(who=who, base=base, subject_id=subject_id)
    context = {
        "record": record,
        "heading": next((field.value for field in record.fields if field.name == "name"), record.subject_id),
        "base": queries.counts(who=who, base=base),
        "kind": showing.kind_of_status(record.status),
        "fields": showing.fields(record),
        "links": showing.links(record),
        "conflicts": sum(1 for field in record.fields if field.losers),
        "may_merge": who.holds(actions.MERGE),
    }
    return render(request, "bases/subject.html", context)


@require_POST
def propose(request: HttpRequest, base: str, subject_id: str) -> HttpResponse:
    """Propose that another record is the same, or that the marked rows are somebody else's."""
    who, other, reason = caller(request), request.POST.get("other", "").strip(), request.POST.get("reason", "")
    if other:
        actions.merge_subjects(who=who, base=base, subject_id=subject_id, other=other, reason=reason)
    else:
        rows = [(dataset, key) for dataset, _, key in (row.partition("|") for row in request.POST.getlist("row"))]
        actions.unmerge_subject(who=who, base=base, subject_id=subject_id, rows=rows, reason=reason)
    messages.success(request, gettext("Proposed. A second person decides."))
    return redirect("bases:merges", base)


@require_GET
def merges(request: HttpRequest, base: str) -> HttpResponse:
    """Proposals, newest first."""
    who = caller(request)
    page = queries.list_merges(who=who, base=base, cursor=request.GET.get("cursor"))
    rows = [
        (merge, showing.kind_of_merge(merge), merge.state is MergeState.PROPOSED and merge.proposed_by != who.id)
        for merge in page.items
    ]
    return render(request, "bases/merges.html", {"base": queries.counts(who=who, base=base), "page": page, "rows": rows})


@require_POST
def decide(request: HttpRequest, base: str, merge_id: str) -> HttpResponse:
    made = actions.decide_merge(who=caller(request), merge_id=merge_id, approve=request.POST.get("decision") == "approve")
    if made.state is MergeState.APPROVED:
        messages.success(request, gettext("Approved. The next build carries it out."))
    else:
        messages.success(request, gettext("Refused. Nothing changes."))
    return redirect("bases:merges", base)


@require_POST
def build(request: HttpRequest, base: str) -> HttpResponse:
    actions.build(who=caller(request), base=base)
    messages.success(request, gettext("A build is asked for. If no list has changed, nothing will be built."))
    return redirect("bases:base", base)
