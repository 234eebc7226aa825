//! Organisations, officers, and what they were granted.

use chrono::NaiveDate;

use super::audit::{self, Told, What};
use super::second::{fresh_code, kept_code};
use super::sign_in::sign_in_name;
use super::{
    Fault, GrantRow, OfficerRow, OrganisationRow, People, PeopleError, Place, Rights, Role,
    password,
};
use crate::ledger::period::parse_date;
use crate::services::sealing::fresh_id;
use crate::store::people::CodeRow;

/// Longest name, in characters.
const NAME_MAX: usize = 80;
/// How long a one-time code is good.
const CODE_MS: i64 = 24 * 3_600_000;
/// Rows of a list that are read at once.
const LIST_MAX: u32 = 500;

/// An officer to add.
#[derive(Clone, Debug)]
pub struct NewOfficer<'a> {
    /// `o_…`
    pub organisation: &'a str,
    /// What is typed to sign in.
    pub sign_in: &'a str,
    /// The person's name.
    pub name: &'a str,
}

/// Something to grant.
#[derive(Clone, Copy, Debug)]
pub struct NewGrant {
    /// As what.
    pub role: Role,
    /// Where.
    pub place: Place,
    /// First day; today where none is said.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// An officer with organisation and grants, as a list shows them.
#[derive(Clone, Debug)]
pub struct Member {
    /// The officer.
    pub officer: OfficerRow,
    /// Their organisation's name.
    pub organisation: String,
    /// Grants, revoked ones too.
    pub grants: Vec<GrantRow>,
}

impl GrantRow {
    /// Role and place, where both can be read.
    pub fn held(&self) -> Option<(Role, Place)> {
        let role = self.role.parse().ok()?;
        let place = match &self.estate {
            None => Place::Instance,
            Some(code) => Place::Estate(code.parse().ok()?),
        };
        Some((role, place))
    }

    /// True on a day on which it holds.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        let from = parse_date(&self.from_day).is_ok_and(|from| from <= day);
        let until = self.until_day.as_deref().map_or(Some(NaiveDate::MAX), |d| parse_date(d).ok());
        self.revoked_at.is_none() && from && until.is_some_and(|until| until >= day)
    }
}

/// A name as it is kept: not empty, of what can be seen.
pub(super) fn plain_name(typed: &str) -> Result<String, Fault> {
    let name = typed.trim();
    let fits = (1..=NAME_MAX).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) { Ok(name.to_owned()) } else { Err(Fault::Name) }
}

impl People {
    /// Adds an organisation; its id.
    pub async fn add_organisation(&self, name: &str, by: &str) -> Result<String, PeopleError> {
        let now = self.now();
        let id = fresh_id("o_", self.entropy())?;
        let row = OrganisationRow {
            organisation_id: id.clone(),
            name: plain_name(name)?,
            made_at: now.millis(),
        };
        let mut tx = self.store().begin_beside().await?;
        tx.add_organisation(&row).await?;
        let told = Told { by: Some(by.to_owned()), of: Some(id.clone()), ..Told::default() };
        audit::record(&mut tx, now, What::OrganisationAdded, told).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Organisations, by name.
    pub async fn organisations(&self) -> Result<Vec<OrganisationRow>, PeopleError> {
        let mut all: Vec<OrganisationRow> = Vec::new();
        loop {
            let after = all.last().map_or("", |row| row.organisation_id.as_str()).to_owned();
            let page = self.store().primary().organisations(&after, LIST_MAX).await?;
            if page.is_empty() {
                all.sort_by(|a, b| a.name.cmp(&b.name));
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// Adds an officer, with a one-time code to set the first password; id and code.
    pub async fn add_officer(
        &self,
        new: &NewOfficer<'_>,
        by: &str,
    ) -> Result<(String, String), PeopleError> {
        let sign_in = checked_sign_in(new.sign_in)?;
        let name = plain_name(new.name)?;
        let known = self.organisations().await?;
        if !known.iter().any(|row| row.organisation_id == new.organisation) {
            return Err(Fault::Organisation.into());
        }
        let now = self.now();
        let id = fresh_id("u_", self.entropy())?;
        let row = OfficerRow {
            officer_id: id.clone(),
            organisation_id: new.organisation.to_owned(),
            sign_in,
            name,
            password: None,
            second_secret: None,
            second_pending: None,
            second_step: 0,
            made_at: now.millis(),
        };
        let mut tx = self.store().begin_beside().await?;
        if !tx.add_officer(&row).await? {
            return Err(Fault::SignInTaken.into());
        }
        let told = told(&id, by, None);
        audit::record(&mut tx, now, What::OfficerAdded, told).await?;
        tx.commit().await?;
        let code = self.issue_code(&id, by).await?;
        Ok((id, code))
    }

    /// Officers with organisation and grants, by the name they sign in with.
    pub async fn members(&self) -> Result<Vec<Member>, PeopleError> {
        let organisations = self.organisations().await?;
        let mut all: Vec<Member> = Vec::new();
        loop {
            let after = all.last().map_or("", |one| one.officer.officer_id.as_str()).to_owned();
            let page = self.store().primary().officers(&after, LIST_MAX).await?;
            if page.is_empty() {
                all.sort_by(|a, b| a.officer.sign_in.cmp(&b.officer.sign_in));
                return Ok(all);
            }
            for officer in page {
                all.push(self.with_grants(officer, &organisations).await?);
            }
        }
    }

    /// One officer with organisation and grants; by id or by the name to sign in with.
    pub async fn member(&self, named: &str) -> Result<Member, PeopleError> {
        let reader = self.store().primary();
        let by_name = reader.officer_named(&sign_in_name(named)).await?;
        let officer = match by_name {
            Some(officer) => officer,
            None => reader.officer(named).await?.ok_or(Fault::Officer)?,
        };
        self.with_grants(officer, &self.organisations().await?).await
    }

    async fn with_grants(
        &self,
        officer: OfficerRow,
        organisations: &[OrganisationRow],
    ) -> Result<Member, PeopleError> {
        let grants = self.store().primary().grants_of(&officer.officer_id).await?;
        let of = organisations.iter().find(|row| row.organisation_id == officer.organisation_id);
        let organisation = of.map(|row| row.name.clone()).unwrap_or_default();
        Ok(Member { officer, organisation, grants })
    }

    /// What an officer holds today.
    pub async fn rights_of(&self, officer: &str) -> Result<Rights, PeopleError> {
        let today = self.today();
        let grants = self.store().primary().grants_of(officer).await?;
        let held = grants.iter().filter(|grant| grant.holds_on(today)).filter_map(GrantRow::held);
        Ok(Rights::of(held.collect()))
    }

    /// Grants a role; the grant's id.
    pub async fn grant(
        &self,
        officer: &str,
        grant: NewGrant,
        by: &str,
    ) -> Result<String, PeopleError> {
        let NewGrant { role, place, from, until } = grant;
        role.check_reach(place)?;
        self.check_estate(place.estate()).await?;
        if self.store().primary().officer(officer).await?.is_none() {
            return Err(Fault::Officer.into());
        }
        let from = from.unwrap_or_else(|| self.today());
        if until.is_some_and(|until| until < from) {
            return Err(Fault::Day.into());
        }
        let now = self.now();
        let id = fresh_id("g_", self.entropy())?;
        let row = GrantRow {
            grant_id: id.clone(),
            officer_id: officer.to_owned(),
            role: role.word().to_owned(),
            estate: place.estate().map(|code| code.to_string()),
            from_day: from.to_string(),
            until_day: until.map(|day| day.to_string()),
            granted_at: now.millis(),
            granted_by: by.to_owned(),
            revoked_at: None,
            revoked_by: None,
        };
        let mut tx = self.store().begin_beside().await?;
        tx.add_grant(&row).await?;
        audit::record(&mut tx, now, What::Granted, told(officer, by, Some(&id))).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Revokes a grant; the last administrator stays one.
    pub async fn revoke(&self, officer: &str, grant: &str, by: &str) -> Result<(), PeopleError> {
        let (now, today) = (self.now(), self.today().to_string());
        let mut tx = self.store().begin_beside().await?;
        let word = Role::Administrator.word();
        let before = tx.holders(word, &today).await?;
        if !tx.revoke_grant((officer, grant), now.millis(), by).await? {
            return Err(Fault::Grant.into());
        }
        if before > 0 && tx.holders(word, &today).await? == 0 {
            return Err(Fault::LastAdministrator.into());
        }
        audit::record(&mut tx, now, What::Revoked, told(officer, by, Some(grant))).await?;
        Ok(tx.commit().await?)
    }

    /// Issues a one-time code that sets a new password; an earlier one is no longer good.
    pub async fn issue_code(&self, officer: &str, by: &str) -> Result<String, PeopleError> {
        if self.store().primary().officer(officer).await?.is_none() {
            return Err(Fault::Officer.into());
        }
        let now = self.now();
        let code = fresh_code(self.entropy())?;
        let row = CodeRow {
            code_id: kept_code(officer, &code),
            officer_id: officer.to_owned(),
            purpose: "password".to_owned(),
            made_at: now.millis(),
            expires_at: Some(now.millis() + CODE_MS),
        };
        let mut tx = self.store().begin_beside().await?;
        tx.put_codes(officer, "password", &[row]).await?;
        audit::record(&mut tx, now, What::CodeIssued, told(officer, by, None)).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Sets a password for somebody else, from the command line; every session ends.
    pub async fn set_password(
        &self,
        officer: &OfficerRow,
        new: &str,
        by: &str,
    ) -> Result<(), PeopleError> {
        password::check_new(new, new, &officer.sign_in)?;
        let hash = self.0.hasher.hash(new, self.entropy()).await?;
        let id = officer.officer_id.as_str();
        let mut tx = self.store().begin_beside().await?;
        tx.set_password(id, &hash).await?;
        tx.put_codes(id, "password", &[]).await?;
        tx.end_sessions(id, "").await?;
        audit::record(&mut tx, self.now(), What::PasswordChanged, told(id, by, None)).await?;
        Ok(tx.commit().await?)
    }
}

fn told(officer: &str, by: &str, of: Option<&str>) -> Told {
    let (user, by) = (Some(officer.to_owned()), Some(by.to_owned()));
    Told { user, by, of: of.map(str::to_owned), place: None }
}

/// Three to forty letters, digits, `.`, `-`, `_`; none that begins like an id.
fn checked_sign_in(typed: &str) -> Result<String, Fault> {
    let name = sign_in_name(typed);
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b);
    let long = (3..=40).contains(&name.len());
    let plain = name.bytes().all(fits) && name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if long && plain && !name.starts_with("u_") { Ok(name) } else { Err(Fault::SignIn) }
}
