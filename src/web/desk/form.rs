//! Forms: what they sent, how they are shown, what is wrong with a field. A form with something
//! to mend keeps what was typed, but never a password.

use crate::services::people::{Fault, PeopleError};
use crate::web::error::WebError;
use crate::web::text::Lang;

/// Names and values that a form sent.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Of what a form sent.
    pub const fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a name; empty where there is none.
    pub fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every name with its value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every value of a name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a form has to mend.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// Which form.
    pub form: &'static str,
    /// Which of its fields; none for the form as a whole.
    pub field: Option<&'static str>,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl Wrong {
    /// Of an error, where it is the reader's.
    pub fn of(form: &'static str, error: PeopleError, lang: Lang) -> Result<Self, WebError> {
        let (field, sentence) = match error {
            PeopleError::Fault(fault) => (Some(fault.field()), sentence(fault, lang)),
            PeopleError::Refused => (None, lang.t("sign_in.refused").into_owned()),
            PeopleError::Throttled(seconds) => {
                let minutes = seconds.div_ceil(60).to_string();
                (None, lang.with("sign_in.throttled", &[("minutes", minutes)]))
            }
            other => return Err(other.into()),
        };
        Ok(Self { form, field, sentence })
    }

    /// Where the summary's link leads.
    pub fn href(&self) -> String {
        match self.field {
            Some(field) => format!("#{}", id(self.form, field)),
            None => format!("#{}", self.form),
        }
    }
}

/// What breaks a rule, in words.
pub fn sentence(fault: Fault, lang: Lang) -> String {
    lang.word("people_fault", fault.word()).into_owned()
}

fn id(form: &str, field: &str) -> String {
    format!("{form}-{field}")
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A line of text.
    Text,
    /// Not shown while typed.
    Password,
    /// An amount in yuan.
    Amount,
    /// Digits or letters of a code.
    Code,
    /// One of several.
    Choice,
    /// Any of several.
    Checks,
    /// A file; its value says which are offered first.
    File,
    /// Nothing: a heading over the fields that follow.
    Head,
    /// Not shown at all.
    Hidden,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its id on the page.
    pub id: String,
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub label: String,
    /// How it is filled in.
    pub sort: Sort,
    /// What stands in it.
    pub value: String,
    /// Choices: value, label, chosen.
    pub options: Vec<(String, String, bool)>,
    /// What to type.
    pub hint: Option<String>,
    /// What a browser may fill in (`autocomplete`).
    pub auto: &'static str,
    /// What is wrong with it.
    pub fault: Option<String>,
}

impl Input {
    /// A field named and labelled.
    pub fn new(name: &'static str, sort: Sort, label: impl Into<String>) -> Self {
        Self {
            id: String::new(),
            name,
            label: label.into(),
            sort,
            value: String::new(),
            options: Vec::new(),
            hint: None,
            auto: "off",
            fault: None,
        }
    }

    /// Something the form sends without showing it.
    pub fn hidden(name: &'static str, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::new(name, Sort::Hidden, "") }
    }

    /// With a label, also where it isn't shown: lists of what was said name it.
    pub fn labelled(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// With a value.
    pub fn with(self, value: &str) -> Self {
        Self { value: value.chars().take(200).collect(), ..self }
    }

    /// With a hint.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// With choices of which several can be chosen.
    pub fn checks(
        self,
        options: impl IntoIterator<Item = (String, String)>,
        chosen: &[String],
    ) -> Self {
        let options = options.into_iter().map(|(value, label)| {
            let is = chosen.contains(&value);
            (value, label, is)
        });
        Self { options: options.collect(), ..self }
    }

    /// With what a browser may fill in.
    pub fn auto(self, auto: &'static str) -> Self {
        Self { auto, ..self }
    }

    /// With choices of value and label; the present value is chosen.
    pub fn options(self, options: impl IntoIterator<Item = (String, String)>) -> Self {
        let chosen = |value: &String| *value == self.value;
        let options = options.into_iter().map(|(value, label)| {
            let is = chosen(&value);
            (value, label, is)
        });
        Self { options: options.collect(), ..self }
    }

    /// `aria-describedby`: hint and fault, where there are any.
    pub fn described(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let fault = self.fault.as_ref().map(|_| format!("{}-fault", self.id));
        hint.into_iter().chain(fault).collect::<Vec<_>>().join(" ")
    }

    /// Its `inputmode`.
    pub fn mode(&self) -> &'static str {
        if self.sort == Sort::Amount { "decimal" } else { "text" }
    }

    /// Its `type`.
    pub fn kind(&self) -> &'static str {
        if self.sort == Sort::Password { "password" } else { "text" }
    }
}

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its id on the page.
    pub id: &'static str,
    /// Where it is sent.
    pub action: String,
    /// What binds it to the session.
    pub token: String,
    /// Its fields.
    pub inputs: Vec<Input>,
    /// What its button says.
    pub button: String,
}

impl Form {
    /// A form with fields, and what is wrong with them.
    pub fn new<'a>(
        id: &'static str,
        action: impl Into<String>,
        token: impl Into<String>,
        button: impl Into<String>,
        inputs: Vec<Input>,
        wrong: impl IntoIterator<Item = &'a Wrong>,
    ) -> Self {
        let wrong: Vec<&Wrong> = wrong.into_iter().filter(|wrong| wrong.form == id).collect();
        let mut inputs = inputs;
        for input in &mut inputs {
            input.id = self::id(id, input.name);
            let here = wrong.iter().find(|wrong| wrong.field == Some(input.name));
            input.fault = here.map(|wrong| wrong.sentence.clone());
        }
        let (action, token, button) = (action.into(), token.into(), button.into());
        Self { id, action, token, inputs, button }
    }

    /// True where it sends a file.
    pub fn sends_file(&self) -> bool {
        self.inputs.iter().any(|input| input.sort == Sort::File)
    }
}
