//! What every request to the desk passes before its handler: where a form was sent from, who is
//! signed in, whether they may, the form's own token. The table of routes says what to ask.
//!
//! An estate that isn't granted is answered like one that isn't there.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{
    DefaultBodyLimit, Form, FromRequest, FromRequestParts, Multipart, RawPathParams, Request, State,
};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::form::Fields;
use super::{cookie, see_other};
use crate::ledger::entry::Actor;
use crate::ledger::id::EstateCode;
use crate::services::people::{Permission, Rights, Signed, form_token, is_form_token};
use crate::web::Room;
use crate::web::bodies::BODY_WITHIN;
use crate::web::error::WebError;
use crate::web::peer;
use crate::web::routes::{Route, Sort};
use crate::web::serve::Peer;
use crate::web::visit::{Visit, encoded};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The most that a form sends.
const FORM_BYTES_MAX: usize = 64 * 1024;
/// The most fields of a form with a file.
const PARTS_MAX: usize = 200;

/// Whoever is signed in; a handler that takes it is behind a permission.
#[derive(Clone, Debug)]
pub struct Officer(Arc<(Signed, String)>);

impl Officer {
    /// Who, with session and rights.
    pub fn signed(&self) -> &Signed {
        &self.0.0
    }

    /// `u_…`
    pub fn id(&self) -> &str {
        &self.0.0.officer.officer_id
    }

    /// What they may do.
    pub fn rights(&self) -> &Rights {
        &self.0.0.rights
    }

    /// Who acts in an entry: in the first role that may do this for the estate.
    pub fn actor(&self, permission: Permission, estate: EstateCode) -> Option<Actor> {
        let mut roles = self.rights().roles_for(Some(estate));
        let role = roles.find(|role| permission.roles().contains(role))?;
        let officer = &self.signed().officer;
        Some(Actor {
            org: officer.organisation_id.clone(),
            role: role.word().to_owned(),
            user: officer.officer_id.clone(),
        })
    }

    /// What forms of this session carry.
    pub fn form_token(&self) -> String {
        form_token(&self.0.1)
    }
}

impl<S: Sync> FromRequestParts<S> for Officer {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        parts.extensions.get::<Self>().cloned().ok_or(WebError::Forbidden)
    }
}

/// Who asks, signed in or not: what the sign-in pages need.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token of the cookie.
    pub token: Option<String>,
    /// They are signed in.
    pub signed_in: bool,
    /// Where they ask from.
    pub address: Option<IpAddr>,
    /// Browser and system, in a few words.
    pub agent: String,
    /// The site is reached over TLS.
    pub secure: bool,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        parts.extensions.get::<Self>().cloned().ok_or(WebError::Forbidden)
    }
}

impl<S: Sync> FromRequestParts<S> for Fields {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        parts.extensions.get::<Self>().cloned().ok_or(WebError::Foreign)
    }
}

/// A file that a form sent; empty where none was chosen.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// Its name, as the browser says it.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

impl<S: Sync> FromRequestParts<S> for Upload {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        parts.extensions.get::<Self>().cloned().ok_or(WebError::Foreign)
    }
}

/// Lets a request through, or answers it.
pub async fn check(
    State((room, route)): State<(Room, &'static Route)>,
    request: Request,
    next: Next,
) -> Response {
    match passed(&room, route, request).await {
        // The room that a file takes is given back when it is answered.
        Ok((request, _room_held)) => next.run(request).await,
        Err(Stop::Error(error)) => error.into_response(),
        Err(Stop::LeadOn(to)) => see_other(&to),
    }
}

/// Why a request goes no further.
enum Stop {
    /// It is refused.
    Error(WebError),
    /// It is led to another page.
    LeadOn(String),
}

impl<E: Into<WebError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// A request that goes on, with the room that its file takes.
type Passed = (Request, Option<OwnedSemaphorePermit>);

async fn passed(room: &Room, route: &Route, request: Request) -> Result<Passed, Stop> {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::read(&parts, room);
    if route.sort.is_form() && is_foreign(&parts.headers, &visit) {
        return Err(WebError::Foreign.into());
    }
    let secure = visit.base.starts_with("https:");
    let token = cookie::token(&parts.headers, secure);
    let signed = match &token {
        Some(token) => room.site.people.signed(token).await?,
        None => None,
    };
    let trusted = &room.site.trusted_proxies;
    let caller = Caller {
        signed_in: signed.is_some(),
        address: peer::address(parts.extensions.get::<Peer>(), &parts.headers, trusted),
        agent: agent(&parts.headers),
        token: token.clone(),
        secure,
    };
    if let Some(permission) = route.permission {
        let estate = estate_of(&mut parts, room).await;
        let permissions = [Some(permission), route.or];
        may(&parts, &visit, signed.as_ref(), (permissions, estate))?;
    }
    let mut held = None;
    if route.sort.is_form() {
        let (fields, bytes) = if route.sort == Sort::Upload && is_multipart(&parts.headers) {
            held = room.bodies.admit(&body, file_len_max(room));
            if held.is_none() {
                return Err(WebError::Full.into());
            }
            let read = timeout(BODY_WITHIN, parts_of(room, &parts, body)).await;
            let (fields, upload) = read.map_err(|_| WebError::TooSlow)??;
            parts.extensions.insert(upload);
            (fields, Bytes::new())
        } else {
            parts.extensions.insert(Upload::default());
            fields(&parts, body).await?
        };
        let given = fields.value("form_token");
        if !token.as_deref().is_some_and(|token| is_form_token(token, given)) {
            return Err(WebError::Foreign.into());
        }
        parts.extensions.insert(fields);
        parts.extensions.insert(caller);
        insert(&mut parts, signed, token);
        return Ok((Request::from_parts(parts, Body::from(bytes)), held));
    }
    parts.extensions.insert(caller);
    insert(&mut parts, signed, token);
    Ok((Request::from_parts(parts, body), held))
}

fn insert(parts: &mut Parts, signed: Option<Signed>, token: Option<String>) {
    if let (Some(signed), Some(token)) = (signed, token) {
        parts.extensions.insert(Officer(Arc::new((signed, token))));
    }
}

/// The estate that a path names: the code as it stands there, and what it is.
type Named = Option<(String, Option<EstateCode>)>;

async fn estate_of(parts: &mut Parts, room: &Room) -> Named {
    let named = RawPathParams::from_request_parts(parts, room).await.ok()?;
    let (_, text) = named.iter().find(|(name, _)| *name == "estate")?;
    Some((text.chars().take(40).collect(), text.parse().ok()))
}

/// Refuses whoever may not; who isn't signed in is led to where one does.
fn may(
    parts: &Parts,
    visit: &Visit,
    signed: Option<&Signed>,
    (permissions, estate): ([Option<Permission>; 2], Named),
) -> Result<(), Stop> {
    let any = |rights: &Rights, estate| {
        permissions.iter().flatten().any(|permission| rights.may(*permission, estate))
    };
    let Some(signed) = signed else {
        let back = if parts.method.is_safe() { visit.address(&[]) } else { "/desk".to_owned() };
        return Err(Stop::LeadOn(format!("/sign-in?next={}", encoded(&back))));
    };
    if signed.needs_second && permissions[0] != Some(Permission::OwnAccount) {
        return Err(Stop::LeadOn("/desk/account/second".to_owned()));
    }
    match estate {
        None if any(&signed.rights, None) => Ok(()),
        None => Err(WebError::Forbidden.into()),
        Some((_, Some(code))) if any(&signed.rights, Some(code)) => Ok(()),
        // Somebody who may see the estate's desk knows that it is there.
        Some((_, Some(code))) if signed.rights.may(Permission::SeeDesk, Some(code)) => {
            Err(WebError::Forbidden.into())
        }
        Some((text, _)) => Err(WebError::NoEstate(text).into()),
    }
}

/// True where a browser says that another site sent the form. `Origin: null` is what browsers
/// say where pages ask not to be named as referrer, as ours do; the form's token decides then.
fn is_foreign(headers: &HeaderMap, visit: &Visit) -> bool {
    let header = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = header(FETCH_SITE);
    if site.is_some_and(|site| site != "same-origin") {
        return true;
    }
    let Some(origin) = header(ORIGIN).filter(|origin| *origin != "null") else { return false };
    let host = header(HOST).unwrap_or_default();
    let asked = origin.split_once("://").is_some_and(|(_, named)| named == host);
    let public = origin == visit.base;
    !(asked || public)
}

async fn fields(parts: &Parts, body: Body) -> Result<(Fields, Bytes), WebError> {
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if length.and_then(|text| text.parse::<usize>().ok()).is_some_and(|n| n > FORM_BYTES_MAX) {
        return Err(WebError::TooLarge);
    }
    let bytes = to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| WebError::TooLarge)?;
    let mut copy = Request::new(Body::from(bytes.clone()));
    *copy.method_mut() = parts.method.clone();
    *copy.headers_mut() = parts.headers.clone();
    let read = Form::<Vec<(String, String)>>::from_request(copy, &()).await;
    let Form(pairs) = read.map_err(|_| WebError::Foreign)?;
    Ok((Fields::of(pairs), bytes))
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let sort = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    sort.is_some_and(|sort| sort.starts_with(b"multipart/form-data"))
}

/// The most bytes of a form with a file.
fn file_len_max(room: &Room) -> usize {
    room.site.documents.max_bytes().saturating_add(FORM_BYTES_MAX)
}

/// Fields of a form and the one file it sends, no larger together than a file may be and a form.
async fn parts_of(room: &Room, parts: &Parts, body: Body) -> Result<(Fields, Upload), WebError> {
    let mut request = Request::new(body);
    *request.method_mut() = parts.method.clone();
    *request.headers_mut() = parts.headers.clone();
    DefaultBodyLimit::max(file_len_max(room)).apply(&mut request);
    let failed = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge,
        _ => WebError::Foreign,
    };
    let multipart = Multipart::from_request(request, &()).await;
    let mut multipart = multipart.map_err(|_| WebError::Foreign)?;
    let (mut pairs, mut upload) = (Vec::new(), Upload::default());
    while let Some(field) = multipart.next_field().await.map_err(failed)? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file) = field.file_name() {
            let name = file.to_owned();
            upload = Upload { name, bytes: field.bytes().await.map_err(failed)? };
        } else if pairs.len() < PARTS_MAX {
            pairs.push((name, field.text().await.map_err(failed)?));
        } else {
            return Err(WebError::TooLarge);
        }
    }
    Ok((Fields::of(pairs), upload))
}

/// Browser and system by the words that name them; nothing else of the header is kept.
fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(axum::http::header::USER_AGENT);
    let text = text.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let browsers = [
        ("MicroMessenger", "WeChat"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let found = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name)
    };
    let names: Vec<&str> = [found(&browsers), found(&systems)].into_iter().flatten().collect();
    names.join(" · ")
}
