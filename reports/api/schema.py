"""The interface described in OpenAPI 3.1, made from the same fields that answer."""

from __future__ import annotations

from typing import Any

from .resources import RESOURCES, ROW, Field, Resource

VERSION = "1.0"
LIMITS = {"default": 100, "maximum": 500}


def describe_field(field: Field) -> dict[str, Any]:
    shape: dict[str, Any] = {"description": field.meaning}
    if field.kind == "decimal":
        shape |= {"type": "string", "format": "decimal"}
    elif field.kind in ("date", "date-time"):
        shape |= {"type": "string", "format": field.kind}
    elif field.kind == "array":
        shape |= {"type": "array", "items": {"type": "string"}}
    else:
        shape["type"] = field.kind
    if field.choices is not None:
        shape["enum"] = [*field.choices.values, ""]
        shape["description"] += "：" + "，".join(f"{value} {label}" for value, label in field.choices.choices)
    if field.nullable:
        shape["type"] = [shape["type"], "null"]
        if "enum" in shape:
            shape["enum"] = [*shape["enum"], None]
    return shape


def describe_record(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: describe_field(field) for field in fields},
        "required": [field.name for field in fields],
        "additionalProperties": False,
    }


def _page(name: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
            "next": {"type": ["string", "null"], "description": "下一页的地址；没有更多时为 null"},
        },
        "required": ["data", "next"],
    }


def _parameter(name: str, meaning: str, **shape: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": meaning,
        "schema": shape or {"type": "string"},
    }


def _operation(title: str, name: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    paging = [
        _parameter("after", "上一页最后一条的编号（快照内容为已读的行数）", type="integer"),
        _parameter("limit", "每页几条", type="integer", **LIMITS, minimum=1),
    ]
    answers = {
        "200": {"description": title, "content": {"application/json": {"schema": _page(name)}}},
        "400": {"description": "参数不对"},
        "401": {"description": "没有密钥，或密钥不对、已停用"},
        "403": {"description": "密钥所属用户没有权限"},
    }
    return {"get": {"summary": title, "parameters": [*parameters, *paging], "responses": answers}}


def _filters(resource: Resource) -> list[dict[str, Any]]:
    found = [_parameter(name, f"只要 {name} 等于此值的") for name in resource.filters if name != "changed_since"]
    if "changed_since" in resource.filters:
        found.append(_parameter("changed_since", "只要此时之后修改过的", type="string", format="date-time"))
    if resource.dated:
        found.append(
            _parameter("status_as_of", "附带截至此日的进度；不填则进度各项为 null", type="string", format="date")
        )
    return found


def describe_interface(base: str) -> dict[str, Any]:
    """The whole document; ``base`` is the address of the interface."""
    paths = {
        f"/{resource.name}/": _operation(resource.title, resource.name, _filters(resource))
        for resource in RESOURCES.values()
    }
    rows = _operation("快照内容：当时的台账，逐行", "snapshot_rows", [])
    rows["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    paths["/snapshots/{id}/rows/"] = rows
    schemas = {resource.name: describe_record(resource.fields) for resource in RESOURCES.values()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "践诺只读接口", "version": VERSION, "description": "目标、完成情况、关联、月度快照。"},
        "servers": [{"url": base}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "snapshot_rows": describe_record(ROW)},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }
