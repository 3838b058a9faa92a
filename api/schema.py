"""What the page of the API says beside what its code says: refusals, keys, versions."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from api.problems import KEY, VERSION
from core.problems import CONTENT_TYPE


class ProblemSerializer(serializers.Serializer):
    """What went wrong (RFC 9457): `detail` is for a person; `errors` names the fields."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


WORDS = {
    400: "The body is no JSON, or holds what cannot be kept.",
    401: "Nobody is signed in.",
    403: "Your role does not let you do this, or the CSRF token is missing.",
    404: "There is nothing here, or nothing that you may read.",
    409: "It cannot be done now: filed by somebody else, not yet open, closed, or the key was used before.",
    412: "Somebody changed it meanwhile: `yours` is what you sent, `current` what stands.",
    413: "The body is too large.",
    415: "The body does not say that it is JSON.",
    422: "Something in the body is not right: see `errors`.",
    428: "If-Match is missing.",
}
KEYED = OpenApiParameter(
    KEY, OpenApiTypes.UUID, "header", description="The same key from the same person is the same record."
)
VERSIONED = OpenApiParameter(
    VERSION, OpenApiTypes.STR, "header", description="The ETag with which you got what you changed."
)
PROBLEM = {(code, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, words) for code, words in WORDS.items()}
WRITES = (400, 403, 409, 413, 415, 422)


def told(
    summary: str,
    answer: Any,
    *,
    takes: Any = None,
    status: int = 200,
    also: tuple[int, ...] = (),
    **more: Any,
) -> Callable[[Any], Any]:
    """Say of an act what it does, what it takes and answers, and with what it refuses."""
    codes = {400, 401, 404, *also, *(WRITES if takes or status == 201 else ())}
    problems = {key: value for key, value in PROBLEM.items() if key[0] in codes}
    return extend_schema(
        summary=summary, request=takes, responses={(status, "application/json"): answer} | problems, **more
    )
