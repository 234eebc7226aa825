//! What can be wrong with something that was typed at the desk: a field and a rule. The
//! sentences stand in `locales/` under `people_fault`, where pages and commands find them.

use std::fmt;

/// A rule that something typed breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A name that is empty, too long, or has characters nobody sees.
    Name,
    /// A name to sign in with that doesn't fit.
    SignIn,
    /// One that somebody else has.
    SignInTaken,
    /// A password of fewer than twelve characters, or more than two hundred.
    PasswordLength,
    /// A password that is easily guessed.
    PasswordWeak,
    /// The second password differs from the first.
    PasswordsDiffer,
    /// Not the present password.
    Password,
    /// Not a code that is good now.
    Code,
    /// Nothing to confirm: the second factor was not begun.
    NotBegun,
    /// No such role.
    Role,
    /// The role is granted for one estate.
    EstateWanted,
    /// The role is granted for the instance.
    InstanceWanted,
    /// No such estate.
    Estate,
    /// No such organisation.
    Organisation,
    /// No such officer.
    Officer,
    /// No such grant, or it was revoked.
    Grant,
    /// A day that can't be read, or an end before the beginning.
    Day,
    /// The only administrator stays one.
    LastAdministrator,
    /// No such session.
    Session,
    /// No such key.
    Token,
    /// A key needs a scope that its owner holds.
    Scope,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 21] = [
        Self::Name,
        Self::SignIn,
        Self::SignInTaken,
        Self::PasswordLength,
        Self::PasswordWeak,
        Self::PasswordsDiffer,
        Self::Password,
        Self::Code,
        Self::NotBegun,
        Self::Role,
        Self::EstateWanted,
        Self::InstanceWanted,
        Self::Estate,
        Self::Organisation,
        Self::Officer,
        Self::Grant,
        Self::Day,
        Self::LastAdministrator,
        Self::Session,
        Self::Token,
        Self::Scope,
    ];

    /// Its word, and the field that it is about.
    pub const fn word_and_field(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("name", "name"),
            Self::SignIn => ("sign_in", "sign_in"),
            Self::SignInTaken => ("sign_in_taken", "sign_in"),
            Self::PasswordLength => ("password_length", "new_password"),
            Self::PasswordWeak => ("password_weak", "new_password"),
            Self::PasswordsDiffer => ("passwords_differ", "again"),
            Self::Password => ("password", "password"),
            Self::Code => ("code", "code"),
            Self::NotBegun => ("not_begun", "code"),
            Self::Role => ("role", "role"),
            Self::EstateWanted => ("estate_wanted", "estate"),
            Self::InstanceWanted => ("instance_wanted", "estate"),
            Self::Estate => ("estate", "estate"),
            Self::Organisation => ("organisation", "organisation"),
            Self::Officer => ("officer", "officer"),
            Self::Grant => ("grant", "grant"),
            Self::Day => ("day", "until"),
            Self::LastAdministrator => ("last_administrator", "grant"),
            Self::Session => ("session", "session"),
            Self::Token => ("token", "token"),
            Self::Scope => ("scope", "verb"),
        }
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        self.word_and_field().0
    }

    /// The field that it is about.
    pub const fn field(self) -> &'static str {
        self.word_and_field().1
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.word(), self.field())
    }
}
