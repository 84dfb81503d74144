//! The session of a request: its type, its places, its techniques and what is used on the skin.

use jiff::civil::Date;

use crate::model::{Fault, SessionRequest, Unrecognised};

use super::super::facts::{ProductFacts, SessionFacts};
use super::Reader;

impl Reader<'_> {
    pub(super) fn session(&mut self, request: &SessionRequest, today: Date) -> Option<SessionFacts> {
        let names = self.ruleset.names();
        let massage_type = names.massage_type(&request.massage_type);
        if massage_type.is_none() {
            let guesses = names.massage_types_like(&request.massage_type);
            self.faults.push(
                Fault::new("/session/massageType", "unknown-massage-type", "no massage type has this name")
                    .guessing(guesses),
            );
        }
        let mut regions = None;
        if let Some(named) = &request.body_regions {
            if named.is_empty() {
                self.faults.push(Fault::new(
                    "/session/bodyRegions",
                    "too-few-items",
                    "name at least one region, or leave the field out for the whole body",
                ));
            }
            let numbers: Vec<usize> = named
                .iter()
                .enumerate()
                .filter_map(|(at, name)| self.region(&format!("/session/bodyRegions/{at}"), name))
                .collect();
            regions = Some(self.place(&numbers));
        }
        if let Some(minutes) = request.duration_minutes
            && !(1..=600).contains(&minutes)
        {
            self.faults.push(Fault::new("/session/durationMinutes", "out-of-range", "from 1 to 600 minutes"));
        }
        let products = self.products(request.products.as_deref());
        let mut extra = 0;
        for (at, name) in request.techniques.iter().flatten().enumerate() {
            if let Some(number) = names.technique(name) {
                extra |= 1_u64 << number;
            } else {
                let guesses = names.techniques_like(name);
                let pointer = format!("/session/techniques/{at}");
                self.faults
                    .push(Fault::new(pointer, "unknown-technique", "no technique has this name").guessing(guesses));
            }
        }
        let massage_type = massage_type?;
        let kind = self.ruleset.massage_types().get(massage_type)?;
        Some(SessionFacts {
            massage_type,
            techniques: kind.techniques | extra,
            extra_techniques: extra,
            pressure: request.pressure.unwrap_or(kind.usual_pressure),
            pressure_given: request.pressure.is_some(),
            regions,
            date: request.date.unwrap_or(today),
            duration_minutes: request.duration_minutes,
            products,
        })
    }

    fn products(&mut self, named: Option<&[String]>) -> ProductFacts {
        let Some(named) = named else { return ProductFacts::default() };
        let mut facts = ProductFacts { known: Some(Vec::new()), unrecognised: false };
        for (at, name) in named.iter().enumerate() {
            let pointer = format!("/session/products/{at}");
            if self.refuse_address(&pointer, name) {
                continue;
            }
            if let Some(number) = self.ruleset.names().product(name) {
                facts.known.get_or_insert_default().push(number);
            } else {
                facts.unrecognised = true;
                let did_you_mean = self.ruleset.names().products_like(name);
                self.coverage.unrecognised.push(Unrecognised { pointer, text: name.clone(), did_you_mean });
            }
        }
        facts
    }
}
