"""FastAPI with pydantic, asyncpg and PyJWT: the same five requests."""

import math
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, NamedTuple
from uuid import uuid4

import asyncpg
import jwt
from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

SECRET_KEY = os.environ["SECRET_KEY"]
COLUMNS = "id, owner_id, title, description, version, created_at, updated_at"



class Item(BaseModel):
    id: int
    owner_id: int
    title: str
    description: str | None
    created_at: datetime
    updated_at: datetime


class ItemPage(BaseModel):
    items: list[Item]
    total: int
    page: int
    size: int
    pages: int


class ItemCreate(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[str, Field(min_length=1, max_length=255)]
    description: Annotated[str, Field(max_length=2000)] | None = None


class User(NamedTuple):
    id: int
    is_superuser: bool


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=10, max_size=10) as pool:
        app.state.pool = pool
        yield


class RequestId:
    """Gives each request an id and sends it back; plain ASGI, which costs less than a function middleware."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message):
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        await self.app(scope, receive, send_with_id)


app = FastAPI(lifespan=lifespan)
app.add_middleware(RequestId)
bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/login")


async def get_connection(request: Request) -> AsyncIterator[asyncpg.Connection]:
    async with request.app.state.pool.acquire() as connection:
        yield connection


Connection = Annotated[asyncpg.Connection, Depends(get_connection)]


async def get_current_user(token: Annotated[str, Depends(bearer)], connection: Connection) -> User:
    refused = HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"})
    try:
        claims = jwt.decode(token, SECRET_KEY, algorithms=["HS256"], issuer="accord", audience="accord-api")
    except jwt.InvalidTokenError:
        raise refused
    user = await connection.fetchrow(
        """select u.id, u.is_superuser from sessions s join users u on u.id = s.user_id
           where s.id = $1 and u.id = $2 and u.is_active and s.revoked_at is null and s.expires_at > $3""",
        claims["sid"],
        int(claims["sub"]),
        datetime.now(UTC),
    )
    if user is None:
        raise refused
    return User(*user)


CurrentUser = Annotated[User, Depends(get_current_user)]


@app.get("/api/v1/items/{item_id}", response_model=Item)
async def get_item(
    item_id: Annotated[int, Path(ge=1, le=2147483647)],
    user: CurrentUser,
    connection: Connection,
    response: Response,
):
    item = await connection.fetchrow(
        f"select {COLUMNS} from items where id = $1 and owner_id = $2", item_id, user.id
    )
    if item is None:
        raise HTTPException(404, f"Item {item_id} not found")
    response.headers["ETag"] = f'"{item["version"]}"'
    return dict(item)


@app.get("/api/v1/items", response_model=ItemPage)
async def list_items(
    user: CurrentUser,
    connection: Connection,
    page: Annotated[int, Query(ge=1, le=10000)] = 1,
    size: Annotated[int, Query(ge=1, le=100)] = 10,
):
    rows = await connection.fetch(
        f"select {COLUMNS} from items where owner_id = $1 order by id desc limit $2 offset $3",
        user.id,
        size,
        (page - 1) * size,
    )
    total = await connection.fetchval(
        "select count(*) from (select id from items where owner_id = $1 limit $2) as counted",
        user.id,
        100_000,
    )
    items = [dict(row) for row in rows]
    return {"items": items, "total": total, "page": page, "size": size, "pages": math.ceil(total / size)}


@app.post("/api/v1/items", response_model=Item, status_code=201)
async def create_item(body: ItemCreate, user: CurrentUser, connection: Connection, response: Response):
    now = datetime.now(UTC)
    async with connection.transaction():
        item = await connection.fetchrow(
            f"""insert into items (owner_id, title, description, created_at, updated_at)
                values ($1, $2, $3, $4, $5) returning {COLUMNS}""",
            user.id,
            body.title,
            body.description,
            now,
            now,
        )
    response.headers["Location"] = f"/api/v1/items/{item['id']}"
    response.headers["ETag"] = f'"{item["version"]}"'
    return dict(item)


@app.exception_handler(RequestValidationError)
async def render_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    errors = [field_error(fault) for fault in error.errors()]
    body = problem(request, 422, "validation_error", "The request does not fit the contract.")
    return JSONResponse({**body, "errors": errors}, 422, media_type="application/problem+json")


@app.exception_handler(StarletteHTTPException)
async def render_failure(request: Request, error: StarletteHTTPException) -> JSONResponse:
    code = {401: "unauthorized", 404: "not_found"}.get(error.status_code, "failed")
    body = problem(request, error.status_code, code, str(error.detail))
    return JSONResponse(body, error.status_code, error.headers, media_type="application/problem+json")


def field_error(fault: dict) -> dict:
    place, *steps = (str(step) for step in fault["loc"])
    return {
        "field": ".".join([place, *steps]),
        "pointer": "".join(f"/{step}" for step in steps),
        "in": place,
        "message": fault["msg"],
        "type": fault["type"],
    }


def problem(request: Request, status: int, code: str, detail: str) -> dict:
    return {
        "type": f"/problems/{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "code": code,
        "request_id": request.state.request_id,
    }
