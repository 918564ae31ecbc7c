"""Sources: how long what was said is kept, what of it is masked, and the erasure of one customer. For admins."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, requires
from accounts.roles import Permission
from conversations.models import Source
from conversations.personal_details import Detail
from conversations.selectors import last_masking
from conversations.services import erasing as texts
from conversations.services import masks
from conversations.tasks import index_conversations
from conversations.tasks import mask_texts as mask_job
from core.http import render_page
from core.queueing import enqueue
from core.refusals import Refused
from reviews.services import erasing
from reviews.source_forms import EraseForm, KeepForm, MaskForm

PAGE = 20


@require_GET
@requires(Permission.MANAGE_SETTINGS)
def source_list(request: HttpRequest) -> HttpResponse:
    """Show every source with what may be done about its texts."""
    return _page(request)


@require_POST
@requires(Permission.MANAGE_SETTINGS)
def keep_texts(request: HttpRequest, pk: int) -> HttpResponse:
    """Set for how long the texts of a source are kept."""
    source = get_object_or_404(Source, pk=pk)
    form = KeepForm(request.POST, auto_id=f"keep-{pk}-%s")
    if not form.is_valid():
        return _page(request, source, keep=form, status=422)
    texts.keep_texts(source, form.cleaned_data["days"], by=person(request), now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("reviews:sources")


@require_POST
@requires(Permission.MANAGE_SETTINGS)
def mask_texts(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which personal details of a source are masked from now on."""
    source = get_object_or_404(Source, pk=pk)
    form = MaskForm(request.POST, auto_id=f"mask-{pk}-%s")
    if not form.is_valid():
        return _page(request, source, mask=form, status=422)
    masks.choose(source, form.cleaned_data["masks"], by=person(request), now=timezone.now())
    messages.success(request, _("Saved. It holds for what is imported from now on."))
    return redirect("reviews:sources")


@require_POST
@requires(Permission.MANAGE_SETTINGS)
def mask_kept(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to mask what is here already of a source."""
    source = get_object_or_404(Source, pk=pk)
    job = masks.begin(source, by=person(request), now=timezone.now())
    enqueue(mask_job, job.pk)
    messages.success(request, _("Begun. It goes on in the background; this page says how far it is."))
    return redirect("reviews:sources")


@require_GET
@requires(Permission.MANAGE_SETTINGS)
def masking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the masking of a source is."""
    source = get_object_or_404(Source, pk=pk)
    return render(request, "reviews/_masking.html", {"source": source, "job": last_masking([pk]).get(pk)})


@require_POST
@requires(Permission.MANAGE_SETTINGS)
def erase_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase one customer of a source."""
    source = get_object_or_404(Source, pk=pk)
    form = EraseForm(request.POST, auto_id=f"erase-{pk}-%s")
    if not form.is_valid():
        return _page(request, source, erase=form, status=422)
    try:
        erased = erasing.erase_customer(source, form.cleaned_data["customer"], by=person(request), now=timezone.now())
    except Refused as refused:
        form.add_error("customer", refused.refusal.sentence)
        return _page(request, source, erase=form, status=refused.refusal.status)
    enqueue(index_conversations)
    counted = {"conversations": len(erased.conversation_ids), "rejects": erased.rejects}
    said = _("Erased. Conversations: %(conversations)d, rejected records: %(rejects)d.")
    messages.success(request, said % counted)
    return redirect("reviews:sources")


def _page(
    request: HttpRequest, about: Source | None = None, *, keep: Form | None = None, mask: Form | None = None,
    erase: Form | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    page = Paginator(Source.objects.visible_to(person(request)), PAGE).get_page(request.GET.get("page"))
    shown = [*page.object_list] if about is None or about in page.object_list else [about, *page.object_list]
    last = last_masking([source.pk for source in shown])
    rows = [
        {
            "source": source,
            "keep": keep if keep and source == about else _keep(source),
            "mask": mask if mask and source == about else _mask(source),
            "masked": [Detail(kind).label for kind in source.masks],
            "job": last.get(source.pk),
            "erase": erase if erase and source == about else EraseForm(auto_id=f"erase-{source.pk}-%s"),
            "is_masking_open": mask is not None and source == about,
            "is_erasing_open": erase is not None and source == about,
        }
        for source in shown
    ]
    return render_page(request, "reviews/sources.html", {"page": page, "rows": rows}, status=status)


def _keep(source: Source) -> KeepForm:
    return KeepForm(initial={"days": source.retention_days}, auto_id=f"keep-{source.pk}-%s")


def _mask(source: Source) -> MaskForm:
    return MaskForm(initial={"masks": source.masks}, auto_id=f"mask-{source.pk}-%s")
