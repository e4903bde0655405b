//! SPEC.md, the table of clauses and the table of mutants say the same.

use highwater_model::matrix;
use highwater_model::mutants::MUTANTS;
use highwater_model::properties::{CLAUSES, Clause};
use highwater_model::world::World;
use stateright::Model;
use std::collections::{BTreeMap, BTreeSet};

const SPEC: &str = include_str!("../../SPEC.md");

/// The clauses of SPEC.md that have a property: id and sentence, in order.
fn written() -> Vec<(&'static str, &'static str)> {
    let clause = |line: &'static str| line.strip_prefix("- **")?.split_once("** ");
    SPEC.lines().filter_map(clause).filter(|(id, _)| !id.starts_with("N-")).collect()
}

#[test]
fn every_sentence_is_the_text_s_own() {
    let table: Vec<_> = CLAUSES.iter().map(|clause| (clause.id, clause.sentence)).collect();
    assert_eq!(table, written());
}

#[test]
fn every_clause_is_a_property_of_its_own_name() {
    let config = matrix::find("one-l2").unwrap();
    let properties: Vec<_> = World::new(config).properties().iter().map(|property| property.name).collect();
    let ids: Vec<_> = CLAUSES.iter().map(|clause| clause.id).collect();
    assert_eq!(properties, ids);
}

#[test]
fn every_clause_has_a_mutant_and_every_mutant_a_clause() {
    let named: BTreeSet<_> = MUTANTS.iter().map(|mutant| mutant.clause).collect();
    let ids: BTreeSet<_> = CLAUSES.iter().map(|clause| clause.id).collect();
    assert_eq!(named, ids);
}

#[test]
fn mutants_have_names_of_their_own_and_known_configurations() {
    let mut names = BTreeMap::new();
    for mutant in MUTANTS {
        let kebab = mutant.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(kebab, "{} is not kebab case", mutant.name);
        assert!(names.insert(mutant.name, mutant.about).is_none(), "two mutants are named {}", mutant.name);
        assert!(matrix::find(mutant.config).is_ok(), "{}: no configuration {}", mutant.name, mutant.config);
        assert!(Clause::find(mutant.clause).is_some(), "{}: no clause {}", mutant.name, mutant.clause);
    }
    let sentences: BTreeSet<_> = names.values().collect();
    assert_eq!(sentences.len(), names.len(), "two mutants are described alike");
}

#[test]
fn configurations_have_names_of_their_own() {
    let configs = matrix::deep_matrix();
    let names: BTreeSet<_> = configs.iter().map(|config| config.name.as_str()).collect();
    assert_eq!(names.len(), configs.len());
    for config in configs {
        assert_eq!(matrix::find(&config.name), Ok(config));
    }
}
