//! The command of a container as it is stored: one text that is either a shell command or JSON with
//! `entrypoint` and `cmd` (V2 2.4).

use serde_json::{Value, json};

/// Entrypoint and command of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) entrypoint: Vec<String>,
    pub(crate) cmd: Vec<String>,
}

impl Command {
    /// Reads the stored text.
    pub(crate) fn of(text: &str) -> Self {
        if let Ok(Value::Object(map)) = serde_json::from_str(text) {
            let list = |key: &str| -> Vec<String> {
                let items = map.get(key).and_then(Value::as_array).into_iter().flatten();
                items.filter_map(|item| Some(item.as_str()?.to_owned())).collect()
            };
            return Self {
                entrypoint: list("entrypoint"),
                cmd: list("cmd"),
            };
        }
        Self {
            entrypoint: Vec::new(),
            cmd: words(text),
        }
    }

    /// The text to store; empty when there is no command.
    pub(crate) fn text(&self) -> String {
        if self.entrypoint.is_empty() && self.cmd.is_empty() {
            return String::new();
        }
        json!({"entrypoint": self.entrypoint, "cmd": self.cmd}).to_string()
    }
}

/// The words of a shell command; quotes hold words together, a backslash takes the next character as it is.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            (end, Some(open)) if end == open => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(letters.next()),
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (space, None) if space.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(entrypoint: &[&str], cmd: &[&str]) -> Command {
        let owned = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        Command {
            entrypoint: owned(entrypoint),
            cmd: owned(cmd),
        }
    }

    #[test]
    fn a_shell_command_is_split_into_words() {
        assert_eq!(
            Command::of(r#"python -c 'print("a b")' x\ y "" "q""#),
            lists(&[], &["python", "-c", "print(\"a b\")", "x y", "", "q"])
        );
        assert_eq!(Command::of("  "), Command::default());
    }

    #[test]
    fn json_is_read_as_it_was_written() {
        let command = lists(&["/bin/sh"], &["-c", "echo"]);
        assert_eq!(Command::of(&command.text()), command);
        assert_eq!(Command::of(""), Command::default());
        assert_eq!(Command::default().text(), "");
    }
}
