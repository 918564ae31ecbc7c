"""Answer for addresses that the API does not have, in its own shape."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.refusals import Refusal, Refused


class Unknown(APIView):
    """Say that there is nothing here, whoever asks and however."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse before anything else."""
        sentence = _("The API has no such address. Every address ends with a slash; /api/docs/ lists them.")
        raise Refused(Refusal("unknown_address", 404, sentence))

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Stand in for every method."""
        return Response(status=404)
