//! What own operations answer in the model.

use super::latency;
use crate::api::{Template, TemplateError};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::mock as written;
use crate::scenario::mirror::value::Named;
use crate::scenario::{Loaded, Node};
use crate::service::OperationKind;
use crate::service::config::OwnOperation;

/// Every operation that the scenario describes itself and the embedded service does not have, in the order of the catalogue.
pub(super) fn own(loaded: &Loaded, faults: &mut Vec<Fault>) -> Vec<OwnOperation> {
    let node = loaded.tree.at("mock").at("models");
    let models = loaded.scenario.mock.as_ref().and_then(|mock| mock.models.as_ref());
    let model = |name: &str| models.and_then(|models| models.iter().find(|(known, _)| *known == name)).map(|(_, m)| m);
    // The mock answers an operation of its own by itself, also where a scenario describes how to ask for it.
    let is_mock = loaded.scenario.target.as_ref().is_some_and(|target| target.mock.is_some());
    let known = |name: &str| is_mock && OperationKind::from_name(name).is_some() && model(name).is_none();
    let catalogue = loaded.operations().map(|(_, catalogue)| catalogue);
    let names: Vec<&str> = catalogue.into_iter().flat_map(|catalogue| catalogue.operations.names()).collect();
    for name in models.into_iter().flat_map(Named::names).filter(|name| !names.contains(name)) {
        let place = node.key_span(name);
        if OperationKind::from_name(name).is_some() && names.is_empty() {
            let fault = Fault::new(place, format!("`{}` is modelled in full already", excerpt(name)));
            faults.push(fault.suggest("leave it out; `models` is for operations that the scenario describes itself"));
        } else {
            let fault = Fault::new(place, format!("the scenario describes no operation `{}`", excerpt(name)));
            faults.push(fault.suggest_word(name, names.iter().copied()));
        }
    }
    let own = names.iter().filter(|name| !known(name));
    own.map(|name| match model(name) {
        Some(model) => self::model(name, model, loaded, node.at(name), faults),
        None => OwnOperation::named(name),
    })
    .collect()
}

fn model(name: &str, written: &written::Model, loaded: &Loaded, node: &Node, faults: &mut Vec<Fault>) -> OwnOperation {
    let mut captures = Vec::new();
    let mut holes = 0;
    for (capture, text) in written.captures.iter().flatten() {
        let template = Template::parse(text, &mut holes, &mut |name| {
            let known = ["seq", "uuid", "user", "random(1, 100)"].map(str::to_owned).to_vec();
            Err(TemplateError::Unknown { name: name.to_owned(), known })
        });
        match template {
            Ok(template) => captures.push((capture.into(), template)),
            Err(error) => faults.push(Fault::new(node.at("captures").at(capture).span, error.to_string())),
        }
    }
    let latency = written.latency.as_ref();
    OwnOperation {
        items: written.items,
        captures,
        status: written.status.unwrap_or(200),
        latency: latency.map(|latency| latency::latency(latency, node.at("latency"), &loaded.folder, faults)),
        ..OwnOperation::named(name)
    }
}
