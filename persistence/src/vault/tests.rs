use domain::ids::TextId;
use domain::person::MarkKind;

use super::*;

const FIRST: &str = "q8Zt1nVx0pLr7KsWm4Yd2Ub9Hc6Ja3Eg5FoTqRkXvBw=";
const SECOND: &str = "Xk2mQ9wL4tR7vB1nZ6yH3jD8sF5gA0pCeUiOaTrYqWs=";

fn masters(text: &str) -> MasterKeys {
    text.parse().expect("keys")
}

fn text(id: u128, kind: &str, body: &str) -> CaseText {
    CaseText {
        id: TextId(Uuid::from_u128(id)),
        kind: kind.to_owned(),
        body: body.to_owned(),
        salt: vec![7; 32],
        marks: Vec::new(),
    }
}

fn place(number: u128) -> (Uuid, Uuid) {
    (Uuid::from_u128(1), Uuid::from_u128(number))
}

#[test]
fn a_text_opens_in_its_own_place_and_nowhere_else() {
    let (vault, _) = Vault::found(masters(FIRST));
    let (office, case) = place(2);
    let (key, kept) = vault.draw(office, case);
    let said = text(3, "content", "货款被扣两次");
    let sealed = key.seal(&said);
    assert!(
        !sealed
            .windows(said.body.len())
            .any(|it| it == said.body.as_bytes())
    );
    assert_ne!(sealed, key.seal(&said), "the nonce differs");
    let again = vault.key(office, case, &kept).expect("its key");
    let opened = again.open(said.id.0, "content", &sealed).expect("it opens");
    assert_eq!(opened, (said.salt.clone(), said.body.clone()));
    assert!(again.open(said.id.0, "reply", &sealed).is_err(), "another kind");
    assert!(
        again.open(Uuid::from_u128(4), "content", &sealed).is_err(),
        "another id"
    );
    let (other, _) = vault.draw(office, Uuid::from_u128(9));
    assert!(other.open(said.id.0, "content", &sealed).is_err(), "another case");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(again.open(said.id.0, "content", &changed).is_err(), "byte {at}");
    }
    assert!(again.open(said.id.0, "content", &sealed[..20]).is_err());
}

#[test]
fn a_key_is_its_cases_alone() {
    let (vault, _) = Vault::found(masters(FIRST));
    let (office, case) = place(2);
    let (_, kept) = vault.draw(office, case);
    for (office, case) in [place(3), (Uuid::from_u128(8), case)] {
        assert!(matches!(
            vault.key(office, case, &kept),
            Err(StoreError::Corrupt {
                table: "case_keys",
                ..
            })
        ));
    }
}

#[test]
fn what_an_older_key_wrapped_is_wrapped_anew() {
    let (before, index) = Vault::found(masters(FIRST));
    let (office, case) = place(2);
    let (key, kept) = before.draw(office, case);
    let said = text(3, "content", "甲");
    let sealed = key.seal(&said);
    let both = Vault::open(masters(&format!("{SECOND} {FIRST}")), &index).expect("it opens");
    let anew = both.wrap_anew(office, case, &kept).expect("wrapped");
    assert_eq!(anew.master_key, masters(SECOND).current());
    let after = Vault::open(masters(SECOND), &both.index_wrapped_anew()).expect("it opens");
    let key = after.key(office, case, &anew).expect("its key");
    assert_eq!(key.open(said.id.0, "content", &sealed).expect("open").1, "甲");
    let mark = Mark {
        kind: MarkKind::Phone,
        number: "13800000000".to_owned(),
    };
    let (office, other) = (OfficeId(office), OfficeId(case));
    assert_eq!(before.hash(office, &mark), after.hash(office, &mark));
    assert_ne!(after.hash(office, &mark), after.hash(other, &mark));
    let lost = after.key(office.0, case, &kept).map(drop);
    let Err(StoreError::KeyMissing { master_key }) = lost else {
        panic!("{lost:?}")
    };
    assert_eq!(master_key, masters(FIRST).current());
    assert!(Vault::open(masters(SECOND), &index).is_err());
}

#[test]
fn master_keys_are_drawn_and_told_by_name_alone() {
    let both = masters(&format!(" {SECOND},\n{FIRST}\n"));
    assert_eq!(both.names().len(), 2);
    assert_eq!(both.current(), masters(SECOND).current());
    let shown = format!("{both:?}");
    assert!(
        !shown.contains(FIRST) && shown.contains(both.current()),
        "{shown}"
    );
    assert!(MasterKeys::of_demonstrations().have_the_demonstrations());
    assert!(!both.have_the_demonstrations());
    let fault = |text: &str| text.parse::<MasterKeys>().map(drop).expect_err("a fault");
    assert_eq!(fault(" \n"), MasterKeysError::None);
    assert_eq!(fault("short"), MasterKeysError::NotAKey { number: 1 });
    assert_eq!(
        fault(&format!("{FIRST} {}", &FIRST[..40])),
        MasterKeysError::NotAKey { number: 2 }
    );
    let typed = STANDARD.encode([b'a'; 32]);
    assert_eq!(fault(&typed), MasterKeysError::NotDrawn { number: 1 });
}
