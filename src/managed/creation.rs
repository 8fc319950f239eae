//! What users are told of a create beyond what a failed call says by itself, for any kind of object.

use jiff::Timestamp;
use runpod::{
    Error, Kind, Refusal,
    creation::{
        Account, Bearer, Failure, Note, Open, Place, Stopped, Suspect, Unseen, WaitingFor, Warning, Why,
    },
};
use tf_provider::{AttributePath, Diagnostics};

use super::{
    diagnostic::{error, explain, explain_each, warn_at},
    messages::{article, capitalised, subject},
    noun::Noun,
    value::Attributes,
};

/// Adds the error of a create of what is planned that made no object that is known.
pub fn not_created<N: Noun>(diags: &mut Diagnostics, planned: &Attributes, failure: Failure) {
    let subject = subject::<N>(planned);
    match failure {
        Failure::Nothing(failure) => diags.errors.extend(explain_each::<N>(&failure, &subject)),
        Failure::NameBorne(failure, bearers) => {
            let mut told = explain_each::<N>(&failure, &subject);
            if let Some(first) = told.first_mut() {
                first.detail = name_borne::<N>(&first.detail, &failure, &bearers).into();
            }
            diags.errors.extend(told);
        }
        Failure::NotNoted(not_noted) => {
            let detail = format!(
                "Nothing was sent to Runpod for {subject}: before a create is sent, it is noted in Terraform's data \
                 directory, so that an apply that is cut off loses nothing. The note could not be written to {}: {}. \
                 Make that directory writable, or remove what is in its way, or let TF_DATA_DIR name another data \
                 directory and run \"terraform init\"; then apply again.",
                not_noted.place, not_noted.cause
            );
            error(
                diags,
                "The create could not be noted, so nothing was created",
                detail,
            );
        }
        Failure::Stopped(stopped) => {
            let detail = format!(
                "Nothing was sent to Runpod for {subject}: {}. Apply again to go on.",
                why_stopped(stopped)
            );
            error(diags, "Nothing was created before the operation ended", detail);
        }
        Failure::Unknown(open, unseen) => {
            let doubt = unseen_object(&open, unseen);
            let is_known = format!("Whether the {} was created is not known", open.noun);
            match &open.error {
                Some(failure) => {
                    let mut diagnostic = explain::<N>(failure, &subject);
                    diagnostic.detail = format!("{}\n\n{is_known}: {doubt}", diagnostic.detail).into();
                    diags.errors.push(diagnostic);
                }
                None => error(diags, is_known, format!("{}. {doubt}", origin(&open))),
            }
        }
        Failure::Doubt(open, suspects) => in_doubt(diags, &open, &suspects),
    }
}

/// Adds what is to be told of a create, whatever else comes of the operation.
pub fn warn(diags: &mut Diagnostics, warning: &Warning) {
    let (summary, detail) = match warning {
        Warning::Adopted { open, id, is_certain } => adopted(open, id, *is_certain),
        Warning::Unclaimed { open, id, exists } => unclaimed(open, id, *exists),
        Warning::Unsettled {
            open,
            suspects,
            is_over,
        } => unsettled(open, suspects, *is_over),
        Warning::UnderWay(open) => (
            format!("An earlier run is still creating {}", article(&open.noun)),
            format!(
                "The provider of an earlier run still waits for Runpod's answer to its create of {}. A create of that \
                 name waits for it.",
                named(&open.noun, &open.name)
            ),
        ),
    };
    warn_at(diags, AttributePath::root(), summary, detail);
}

/// Warns of notes that belong to another workspace or backend.
pub fn warn_of_elsewhere(diags: &mut Diagnostics, place: &Place, workspace: &str, note: &Note) {
    let made = note.state.id().map_or_else(
        || "may have created one".to_owned(),
        |id| format!("created {id}, which is in no state unless it was imported since"),
    );
    let detail = format!(
        "An apply at {} in workspace {workspace:?}, or with another backend, was cut off while it created {}: it {made}. \
         Run \"terraform plan\" there: it tells what to do. If that workspace is gone, look for the {} in the Runpod \
         console, then delete the note {place}.",
        time(note.sent),
        named(&note.noun, &note.name),
        note.noun
    );
    let summary = format!(
        "A create of {} was cut off in another workspace or backend",
        article(&note.noun)
    );
    warn_at(diags, AttributePath::root(), summary, detail);
}

/// Warns of a note that cannot be read.
pub fn warn_of_unreadable(diags: &mut Diagnostics, place: &Place) {
    let detail = format!(
        "{place} is the note of a create, and this version of the provider cannot read it. What that create made is \
         perhaps in no state. Look through the Runpod console for what no state has, then delete the note."
    );
    warn_at(
        diags,
        AttributePath::root(),
        "A note of a create cannot be read",
        detail,
    );
}

/// A refusal with the objects that bear the name asked for, and what to do if that is why.
fn name_borne<N: Noun>(refusal: &str, failure: &Error, bearers: &[Bearer]) -> String {
    let is_certain = failure.kind == Kind::Refused(Refusal::NAME_TAKEN);
    if let ([only], true) = (bearers, is_certain)
        && !only.is_in_a_state
    {
        let with_id = refusal.replace(&format!("<{} id>", N::NOUN), &only.id);
        return with_id.replace("<id>", &only.id);
    }
    let ids: Vec<&str> = bearers.iter().map(|bearer| bearer.id.as_str()).collect();
    let mut importable = bearers.iter().filter(|bearer| !bearer.is_in_a_state);
    let import = match (importable.next(), importable.next()) {
        (Some(only), None) => format!(
            ", or, if {} is the one meant here, take it over with \"terraform import <address> {}\"",
            only.id, only.id
        ),
        (Some(_), _) => {
            ", or, if one of them is meant here, take it over with \"terraform import <address> <id>\""
                .to_owned()
        }
        (None, _) => {
            ". Terraform manages that one already: it has to go before another can have its name".to_owned()
        }
    };
    format!(
        "{refusal}\n\nThis name is borne in the account by {}. If that is why Runpod refused, choose another name{import}.",
        ids.join(", ")
    )
}

fn adopted(open: &Open, id: &str, is_certain: bool) -> (String, String) {
    let named = named(&open.noun, &open.name);
    let judged = "It has that name, was made in the time of the create, is as asked, is in no state known here, and is \
                  the only one. If somebody else made it in that very time, take it out of the state again with \
                  \"terraform state rm <address>\".";
    if open.earlier_run {
        let how = if is_certain {
            "Runpod had said that this is the one that it made."
        } else {
            judged
        };
        let summary = format!(
            "{} of an interrupted apply was taken over",
            capitalised(&article(&open.noun))
        );
        let detail = format!(
            "An earlier apply in this directory was cut off while it created {named}, before its id was in the state. \
             {id} was taken over instead of creating another one, and has what the configuration says. {how}"
        );
        return (summary, detail);
    }
    let summary = format!(
        "The answer to a create was lost, and the {} was found again",
        open.noun
    );
    let detail = format!(
        "The answer to the create of {named} was lost, and {id} was taken for what it made. {judged}"
    );
    (summary, detail)
}

fn unclaimed(open: &Open, id: &str, exists: Option<bool>) -> (String, String) {
    let summary = match exists {
        Some(true) => format!(
            "{} may be in no state",
            capitalised(&named(&open.noun, &open.name))
        ),
        _ => format!(
            "{} may exist and be in no state",
            capitalised(&named(&open.noun, &open.name))
        ),
    };
    let exists = match (exists, open.account) {
        (_, Account::Other) => "It belongs to another account than the one of the present API key. ",
        (Some(true), _) => "It exists, and Runpod bills for it as for any other. ",
        (Some(false), _) => {
            "The present API key does not show it, but it was made with another key, perhaps of another account. "
        }
        (None, _) => "Runpod could not be asked about it now. ",
    };
    let detail = format!(
        "{}, and Runpod made {id}, whose id may not have reached the state. {exists}If the state has it, the next read \
         of it settles that. Else a create of the name {:?} takes it over; or take it into the state with \"terraform \
         import <address> {id}\"; or delete it in the Runpod console. It is told until then; the note is {}.",
        origin(open),
        open.name,
        open.place
    );
    (summary, detail)
}

fn unsettled(open: &Open, suspects: &[Suspect], is_over: bool) -> (String, String) {
    let noun = &open.noun;
    if suspects.is_empty() {
        let summary = format!("It is not known whether an earlier run created {}", article(noun));
        let doubt = match (is_over, open.account) {
            (_, Account::Other) => {
                "It was sent to another account than the one of the present API key, which cannot show what it made."
                    .to_owned()
            }
            (true, Account::Unknown) => {
                "The present API key shows nothing that it may have made, but it was sent with another key, perhaps to \
                 another account."
                    .to_owned()
            }
            (true, Account::Same) => "Runpod could not be asked about it, or does not list everything.".to_owned(),
            (false, _) => {
                "Nothing that it may have made shows yet, but it may still come true within a minute.".to_owned()
            }
        };
        let detail = format!(
            "{}. {doubt} If {} named {:?} is in the Runpod console that is in no state, take it into the state with \
             \"terraform import <address> <id>\" or delete it there. Then, or if there is none, the note may be deleted: \
             {}.",
            origin(open),
            article(noun),
            open.name,
            open.place
        );
        return (summary, detail);
    }
    let summary = format!(
        "An earlier run may have created {} that is in no state",
        article(noun)
    );
    let detail = format!(
        "{}. It may have made: {}. {}",
        origin(open),
        list(suspects),
        ways_out(open, suspects)
    );
    (summary, detail)
}

fn in_doubt(diags: &mut Diagnostics, open: &Open, suspects: &[Suspect]) {
    let noun = &open.noun;
    let equal = suspects
        .iter()
        .filter(|suspect| suspect.why == Why::Equal)
        .count();
    let (summary, found) = if equal > 1 {
        let ids: Vec<&str> = suspects.iter().map(|suspect| suspect.id.as_str()).collect();
        (
            format!("Several {} may be the one created", plural(noun)),
            format!(
                "now several {} named {:?} are new and match: {}",
                plural(noun),
                open.name,
                ids.join(", ")
            ),
        )
    } else {
        (
            format!("{} may be the one created", capitalised(&article(noun))),
            format!(
                "what it may have made cannot be shown to be its own: {}",
                list(suspects)
            ),
        )
    };
    let detail = format!(
        "{}, and {found}. Nothing was created, and nothing was taken over. {}",
        cause(open),
        ways_out(open, suspects)
    );
    error(diags, summary, detail);
}

/// What a user can do about objects that may be those of a create.
fn ways_out(open: &Open, suspects: &[Suspect]) -> String {
    let id = match suspects {
        [only] => only.id.as_str(),
        _ => "<id>",
    };
    format!(
        "Take the one that is yours into the state with \"terraform import <address> {id}\", and delete those that are \
         not needed in the Runpod console. If none is yours, delete the note {}; then apply again.",
        open.place
    )
}

fn cause(open: &Open) -> String {
    match &open.error {
        Some(failure) => format!("The answer to the create was lost ({})", failure.message),
        None => origin(open),
    }
}

/// Why an object that may have been created is not seen, and what to do about it.
fn unseen_object(open: &Open, unseen: Unseen) -> String {
    let (noun, name) = (&open.noun, &open.name);
    let adopts = format!(
        "If it does appear, the next apply in this directory adopts it instead of creating another; from elsewhere, look \
         in the Runpod console and run \"terraform import <address> <{noun} id>\"."
    );
    match unseen {
        Unseen::NotListed => format!(
            "Runpod was asked again, and so far no new {noun} is named {name:?}. It may still appear within a minute; an \
             apply before that waits for it. {adopts}"
        ),
        Unseen::NotRead => format!("Runpod was asked again, but the answer did not tell. {adopts}"),
        Unseen::BeyondCap => format!(
            "Runpod does not list all {} of this account, so that a new one named {name:?} does not show. Look for it in \
             the Runpod console. If it is there, run \"terraform import <address> <{noun} id>\". If it is not, delete the \
             note {}, and apply again.",
            plural(noun),
            open.place
        ),
    }
}

fn why_stopped(stopped: Stopped) -> String {
    let ended = if stopped.is_cancelled {
        "it was interrupted"
    } else {
        "its time was up (see the resource's timeouts)"
    };
    let waited = match stopped.waiting_for {
        WaitingFor::Sibling => "it waited for another create of this apply",
        WaitingFor::AnotherProcess => {
            "an earlier run was killed, and its provider was still creating this one, which is waited for"
        }
    };
    format!("{ended} while {waited}")
}

/// Where a create comes from, as the beginning of a sentence.
fn origin(open: &Open) -> String {
    let named = named(&open.noun, &open.name);
    let when = time(open.sent);
    if open.earlier_run {
        format!("An apply in this directory was cut off at {when} while it created {named}")
    } else {
        format!("The create of {named} was sent at {when}, and its answer was lost")
    }
}

fn list(suspects: &[Suspect]) -> String {
    let one = |suspect: &Suspect| {
        let why = match suspect.why {
            Why::Equal => "as asked",
            Why::Differs => "otherwise than was asked",
            Why::Clocks => "made a little too early or too late for it, unless a clock is wrong",
            Why::Undated => "first seen after its time",
            Why::ListCut => "as asked, but Runpod does not list all",
            Why::OtherKey => "as asked, but with another API key, perhaps of another account",
        };
        format!("{} ({:?}, {why})", suspect.id, suspect.name)
    };
    suspects.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn named(noun: &str, name: &str) -> String {
    format!("{noun} {name:?}")
}

/// A moment in milliseconds since 1970 as people write it.
fn time(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(
        |_| "an unknown time".to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

fn plural(noun: &str) -> String {
    noun.strip_suffix('y')
        .map_or_else(|| format!("{noun}s"), |stem| format!("{stem}ies"))
}
