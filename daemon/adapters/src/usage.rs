//! Counting: what one attempt of a resumed session used, and what it cost by a price.

use crate::{Adapter, Money, Price, Usage};

/// What a CLI counts over a whole session, so that a resumed one tells what its forerunners used as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cumulative {
    /// Each attempt tells its own.
    Nothing,
    /// The cost is of the session, the tokens of the attempt.
    Cost,
    /// The tokens are of the session.
    Tokens,
}

impl Cumulative {
    /// Measured: see the transcripts `*-resume1` and `*-resume2`.
    #[must_use]
    pub const fn of(adapter: Adapter) -> Self {
        match adapter {
            // An agent of the Agent Client Protocol tells the tokens of the turn and the cost of the session, too.
            Adapter::Claude | Adapter::Acp => Self::Cost,
            Adapter::Codex => Self::Tokens,
            Adapter::Command | Adapter::Gemini | Adapter::Opencode => Self::Nothing,
        }
    }
}

impl Usage {
    /// What was used after `before`, which the same session had told when it was left: a difference where the CLI
    /// counts on, the same usage where it does not.
    #[must_use]
    pub fn since(self, before: Self, cumulative: Cumulative) -> Self {
        let cost = |own: Option<Money>| {
            own.map(|Money(cost)| Money(cost.saturating_sub(before.cost.unwrap_or_default().0)))
        };
        match cumulative {
            Cumulative::Nothing => self,
            Cumulative::Cost => Self {
                cost: cost(self.cost),
                ..self
            },
            Cumulative::Tokens => Self {
                input_tokens: self.input_tokens.saturating_sub(before.input_tokens),
                cached_tokens: self.cached_tokens.saturating_sub(before.cached_tokens),
                output_tokens: self.output_tokens.saturating_sub(before.output_tokens),
                reasoning_tokens: self
                    .reasoning_tokens
                    .saturating_sub(before.reasoning_tokens),
                ..self
            },
        }
    }

    /// With a cost by this price, marked as such, where the CLI told none. Gemini counts what it thought with beside
    /// its output; everybody takes money for it as for output.
    #[must_use]
    pub fn estimated(self, adapter: Adapter, price: Price) -> Self {
        let unread = Self::default();
        if self.cost.is_some() || self == unread {
            return self;
        }
        let beside = match adapter {
            Adapter::Gemini => self.reasoning_tokens,
            Adapter::Command
            | Adapter::Claude
            | Adapter::Codex
            | Adapter::Opencode
            | Adapter::Acp => 0,
        };
        let cached = self.cached_tokens.min(self.input_tokens);
        let of =
            |tokens: u64, Money(per_million): Money| u128::from(tokens) * u128::from(per_million);
        let sum = of(self.input_tokens - cached, price.input)
            + of(cached, price.cached)
            + of(self.output_tokens.saturating_add(beside), price.output);
        Self {
            cost: Some(Money(
                u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX),
            )),
            estimated: true,
            ..self
        }
    }
}

impl Money {
    /// From dollars, as CLIs tell them.
    #[must_use]
    pub fn from_dollars(dollars: f64) -> Option<Self> {
        (dollars.is_finite() && dollars >= 0.0).then(|| Self((dollars * 1e6).round() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: Usage = Usage {
        input_tokens: 2_000_000,
        cached_tokens: 500_000,
        output_tokens: 100_000,
        reasoning_tokens: 50_000,
        cost: None,
        estimated: false,
    };

    #[test]
    fn a_price_counts_what_was_cached_apart_and_geminis_thoughts_beside_its_output() {
        let price = Price {
            input: Money(2_000_000),
            cached: Money(200_000),
            output: Money(10_000_000),
        };
        assert_eq!(
            TOLD.estimated(Adapter::Codex, price).cost,
            Some(Money(4_100_000))
        );
        assert_eq!(
            TOLD.estimated(Adapter::Gemini, price).cost,
            Some(Money(4_600_000))
        );
        assert!(TOLD.estimated(Adapter::Codex, price).estimated);
    }

    #[test]
    fn a_cost_that_was_told_is_not_estimated() {
        let told = Usage {
            cost: Some(Money(7)),
            ..TOLD
        };
        assert_eq!(told.estimated(Adapter::Codex, Price::default()), told);
        assert_eq!(
            Usage::default()
                .estimated(Adapter::Codex, Price::default())
                .cost,
            None
        );
    }

    #[test]
    fn a_resumed_session_is_counted_once() {
        let before = Usage {
            input_tokens: 1_500_000,
            cost: Some(Money(5)),
            ..TOLD
        };
        let after = Usage {
            cost: Some(Money(9)),
            ..TOLD
        };
        assert_eq!(after.since(before, Cumulative::Cost).cost, Some(Money(4)));
        assert_eq!(
            after.since(before, Cumulative::Cost).input_tokens,
            2_000_000
        );
        assert_eq!(
            after.since(before, Cumulative::Tokens).input_tokens,
            500_000
        );
        assert_eq!(after.since(before, Cumulative::Tokens).cost, Some(Money(9)));
        assert_eq!(after.since(before, Cumulative::Nothing), after);
        // A session that was compacted or forked may count less than before.
        assert_eq!(before.since(after, Cumulative::Tokens).input_tokens, 0);
    }
}
