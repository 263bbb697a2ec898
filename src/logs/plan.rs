use super::Filter;
use super::columns::{self, Column, Quantity};
use super::csv::CsvReader;
use super::header::{param_count, readings};
use crate::error::RunsError;
use crate::units::ParamCount;

/// Which column of a file is read as what.
#[derive(Debug)]
pub(super) struct Plan {
    pub params: Option<Column>,
    pub tokens: Option<Column>,
    pub flops: Option<Column>,
    pub loss: Column,
    pub filters: Vec<(usize, Filter)>,
    /// Columns kept as they stand: index and name.
    pub extra: Vec<(usize, String)>,
    /// Other columns of N whose names say what they count.
    pub rivals: Vec<Rival>,
    /// What N counts, where the caller or the column's name says so.
    pub param_count: Option<ParamCount>,
    /// Why a FLOP column was passed over.
    pub flops_unclear: Option<String>,
    pub names: Vec<String>,
    /// N and D are not looked for.
    pub loss_only: bool,
}

/// A column of N beside the one that is read.
#[derive(Debug)]
pub(super) struct Rival {
    pub index: usize,
    pub name: String,
    pub count: ParamCount,
}

impl Plan {
    /// # Errors
    /// Missing and ambiguous columns.
    pub fn new(reader: &CsvReader, names: Vec<String>) -> Result<Self, RunsError> {
        let named = |quantity, name: &Option<String>| {
            name.as_deref().map(|name| columns::named(quantity, name, &names)).transpose()
        };
        let mut params = named(Quantity::Params, &reader.params_column)?;
        let mut tokens = named(Quantity::Tokens, &reader.tokens_column)?;
        let mut flops = named(Quantity::Flops, &reader.flops_column)?;
        let loss = named(Quantity::Loss, &reader.loss_column)?;
        refuse_shared([&params, &tokens, &flops, &loss], &names)?;
        let taken: Vec<usize> = [&params, &tokens, &flops, &loss].into_iter().flatten().map(|c| c.index).collect();
        let found = |quantity| columns::found(quantity, &names, &taken);

        let loss = match loss {
            Some(loss) => loss,
            None => found(Quantity::Loss)?.ok_or_else(|| columns::unnamed(Quantity::Loss, &names))?,
        };
        let loss_only = reader.loss_only;
        if params.is_none() && !loss_only {
            params = found(Quantity::Params)?;
        }
        if tokens.is_none() && !loss_only {
            tokens = found(Quantity::Tokens)?;
        }
        let mut flops_unclear = None;
        if flops.is_none() && !loss_only {
            match found(Quantity::Flops) {
                Ok(column) => flops = column,
                // With N and D in the file nobody needs to choose.
                Err(error) if params.is_some() && tokens.is_some() => flops_unclear = Some(error.to_string()),
                Err(error) => return Err(error),
            }
        }
        for (column, other, quantity) in [(&params, &tokens, Quantity::Params), (&tokens, &params, Quantity::Tokens)] {
            if !loss_only && column.is_none() && (other.is_none() || flops.is_none()) {
                return Err(columns::unnamed(quantity, &names));
            }
        }

        let filters = reader
            .filters
            .iter()
            .map(|filter| Ok((columns::filtered(filter, &names)?, filter.clone())))
            .collect::<Result<_, RunsError>>()?;
        let read: Vec<usize> =
            [&params, &tokens, &flops].into_iter().flatten().chain([&loss]).map(|column| column.index).collect();
        let extra = names
            .iter()
            .enumerate()
            .filter(|(index, _)| !reader.drop_extra_columns && !read.contains(index))
            .map(|(index, name)| (index, name.clone()))
            .collect();
        let counted = params.as_ref().and_then(|column| param_count(&column.name));
        let rivals = if params.is_some() { rivals(&names, &read) } else { Vec::new() };
        let param_count = reader.param_count.or(counted);
        Ok(Self { params, tokens, flops, loss, filters, extra, rivals, param_count, flops_unclear, names, loss_only })
    }

    /// Columns whose cells must be values: C only where it stands in for N or D.
    pub fn needed(&self) -> impl Iterator<Item = &Column> {
        let flops = self.flops.as_ref().filter(|_| self.needs_flops());
        [self.params.as_ref(), self.tokens.as_ref(), flops, Some(&self.loss)].into_iter().flatten()
    }

    /// Whether N or D is derived.
    pub fn needs_flops(&self) -> bool {
        !self.loss_only && (self.params.is_none() || self.tokens.is_none())
    }
}

/// One column cannot be two quantities.
fn refuse_shared(columns: [&Option<Column>; 4], names: &[String]) -> Result<(), RunsError> {
    let columns: Vec<&Column> = columns.into_iter().flatten().collect();
    for (position, column) in columns.iter().enumerate() {
        if let Some(first) = columns.iter().take(position).find(|first| first.index == column.index) {
            let looked_for = format!("{}, which is already read as {}", column.name, first.quantity.name());
            return Err(columns::missing(column.quantity, looked_for, names));
        }
    }
    Ok(())
}

fn rivals(names: &[String], read: &[usize]) -> Vec<Rival> {
    let is_params =
        |name: &str| readings(name, Quantity::Params).iter().any(|(base, _)| Quantity::Params.is_called(base));
    names
        .iter()
        .enumerate()
        .filter(|(index, name)| !read.contains(index) && is_params(name))
        .filter_map(|(index, name)| Some(Rival { index, name: name.clone(), count: param_count(name)? }))
        .collect()
}
