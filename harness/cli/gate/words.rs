//! A command in one argument, taken apart as a shell would, without a shell: quotes and backslashes, and nothing that is
//! filled in, piped or run.

/// The words of a command; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words(pub(super) Vec<String>);

/// Takes a command apart.
///
/// # Errors
/// A quote that is not closed, or no word at all.
pub(super) fn split(text: &str) -> Result<Words, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next() {
                        None => return Err(format!("the quote {character} is not closed")),
                        Some(next) if next == character => break,
                        Some('\\') if character == '"' => word.extend(characters.next()),
                        Some(next) => word.push(next),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            _ if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    if words.is_empty() { Err("there is no program in it".to_owned()) } else { Ok(Words(words)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_taken_apart_as_a_shell_would() {
        let words = |text: &str| split(text).map(|words| words.0.join("|"));
        assert_eq!(words("  ./server --port 0 "), Ok("./server|--port|0".to_owned()));
        assert_eq!(
            words(r#"sh -c 'echo "a b"; exit' x"y z"\ w """#),
            Ok("sh|-c|echo \"a b\"; exit|xy z w|".to_owned())
        );
        assert_eq!(words(r#""a\"b" $HOME|x"#), Ok("a\"b|$HOME|x".to_owned()));
        assert_eq!(words("a 'b"), Err("the quote ' is not closed".to_owned()));
        assert!(words("  ").is_err());
    }
}
