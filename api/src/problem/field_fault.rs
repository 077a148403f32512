//! What can be wrong with one field of a request.

use strum::{EnumIter, IntoStaticStr};

use crate::language::Text;

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum FieldFault {
    /// There is no such field.
    UnknownField,
    /// It must be there.
    Required,
    /// It stands there twice.
    Repeated,
    /// It is null, where a field without value is left out.
    NullNotAllowed,
    /// It has another JSON type.
    WrongType,
    /// It is not written in its form, such as that of a date.
    WrongFormat,
    /// It is none of the codes it may be.
    NotACode,
    /// The text or list is too short.
    TooShort,
    /// The text or list is too long.
    TooLong,
    /// The number is too small or too large.
    OutOfRange,
    /// It holds a character that no text may hold.
    CharacterNotAllowed,
    /// It names something that does not exist, or not for this caller.
    UnknownReference,
    /// It does not go together with another field.
    Inconsistent,
    /// A line of a text that was handed in cannot stand.
    LineFaulty,
    /// It is not valid for a reason that its description tells.
    Invalid,
}

impl FieldFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// What a person is told.
    pub const fn text(self) -> Text {
        match self {
            Self::UnknownField => Text::fixed("没有这个字段。", "There is no such field."),
            Self::Required => Text::fixed("必须填写。", "It must be given."),
            Self::Repeated => Text::fixed("出现了两次。", "It is given twice."),
            Self::NullNotAllowed => Text::fixed(
                "不能为 null；没有值时请省略该字段。",
                "It must not be null; leave out what has no value.",
            ),
            Self::WrongType => Text::fixed("数据类型不对。", "It is of another type."),
            Self::WrongFormat => Text::fixed("格式不对。", "It is not written in the form it must have."),
            Self::NotACode => Text::fixed("不是允许的代码。", "It is none of the codes it may be."),
            Self::TooShort => Text::fixed("太短，至少为 {min}。", "It is too short; the least is {min}."),
            Self::TooLong => Text::fixed("太长，最多为 {max}。", "It is too long; the most is {max}."),
            Self::OutOfRange => Text::fixed("超出允许的范围。", "It is outside the range it may have."),
            Self::CharacterNotAllowed => Text::fixed(
                "含有不允许的字符（NUL）。",
                "It holds a character that is not allowed (NUL).",
            ),
            Self::UnknownReference => Text::fixed("所指的对象不存在。", "What it names does not exist."),
            Self::Inconsistent => {
                Text::fixed("与其他字段矛盾。", "It does not go together with another field.")
            }
            Self::LineFaulty => Text::fixed("第{line}行，{what}：{reason}", "Line {line}, {what}: {reason}"),
            Self::Invalid => Text::fixed("不符合该字段的要求。", "It is not what this field requires."),
        }
    }
}
