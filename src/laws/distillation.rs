use super::family::{Inputs, family, loss_point};
use super::{Bound, Knob, Knobs, LossPoint, OuterExponent, Slice, SlicedLaw};
use crate::error::LawError;
use crate::math::dual::Real;
use crate::units::{Conventions, Domain, Nats, Params, Tokens};

/// A student trained on a teacher's outputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DistilledRun {
    /// N_S.
    pub student_params: Params,
    /// D_S, tokens the student is distilled on.
    pub student_tokens: Tokens,
    /// L_T, loss of the teacher.
    pub teacher_loss: Nats,
    /// L̃_S, loss of the same student trained without a teacher on as many tokens.
    pub supervised_loss: Nats,
}

impl Inputs<4> for DistilledRun {
    fn numbers(&self) -> [f64; 4] {
        [
            self.student_params.ln(),
            self.student_tokens.ln(),
            self.teacher_loss.get().ln(),
            self.supervised_loss.get().ln(),
        ]
    }
}

family! {
    /// Loss of a distilled student (Busbridge 2025):
    ///
    /// ```text
    /// L_S = L_T + L_T^(−c₀)·(1 + (L_T/(L̃_S·d₁))^(1/f₁))^(−c₁f₁)·(A/N_S^α + B/D_S^β)^γ
    /// ```
    ///
    /// L_T: loss of the teacher. L̃_S: loss that the student would reach without one. A teacher much better than the
    /// student helps less: the capacity gap. With the supervised law for L̃_S it is a [`Distiller`].
    law Distillation = "L_T + L_T^-c0 (1 + (L_T/(L_supervised d1))^(1/f1))^(-c1 f1) (A/N_S^alpha + B/D_S^beta)^gamma";
    /// The family of [`Distillation`] laws: coefficients A, B, alpha, beta, gamma, c0, c1, d1, f1; input [`DistilledRun`].
    form DistillationForm of DistilledRun, 4 numbers;
    linear [];
    coefficients 9 {
        "A": Bound::NONNEGATIVE, search Bound::between(1.0, 1e7);
        "B": Bound::NONNEGATIVE, search Bound::between(1.0, 1e8);
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "beta": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "gamma": Bound::NONNEGATIVE, search Bound::between(0.1, 2.0);
        "c0": Bound::FREE, search Bound::between(0.0, 6.0);
        "c1": Bound::NONNEGATIVE, search Bound::between(1.0, 1e3);
        "d1": Bound::NONNEGATIVE, search Bound::between(0.5, 3.0);
        "f1": Bound::between(1e-6, f64::INFINITY), search Bound::between(0.01, 1.0);
    }
}

impl Distillation {
    fn formula<T: Real>(&[a, b, alpha, beta, gamma, c0, c1, d1, f1]: &[T; 9], x: &[T; 4]) -> T {
        let &[n, d, ln_teacher, ln_supervised] = x;
        let gap = (ln_teacher - ln_supervised - d1.ln()) / f1;
        let ln_sum = (a.ln() - alpha * n).ln_add_exp(b.ln() - beta * d);
        ln_teacher.exp() + (gamma * ln_sum - c0 * ln_teacher - c1 * f1 * gap.softplus()).exp()
    }

    /// Loss of a student.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn loss(&self, run: DistilledRun) -> Result<Nats, LawError> {
        let value = Self::formula(&self.c, &run.numbers());
        Nats::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "loss of the student", value })
    }
}

/// A [`Distillation`] law with the supervised law of the same setting: the loss of a student from N_S, D_S and L_T.
///
/// ```
/// use scaling_laws::{published, LossModel, Nats, Params, Tokens};
/// let law = published::BUSBRIDGE_2025.with_teacher(Nats::new(2.0)?);
/// let loss = law.loss(Params::billions(1.0)?, Tokens::trillions(1.0)?)?;
/// assert!((loss.get() - 2.13700186519673).abs() < 1e-9);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distiller {
    student: Distillation,
    supervised: OuterExponent,
}

impl Distiller {
    /// From the law of the student and the supervised law.
    pub const fn new(student: Distillation, supervised: OuterExponent) -> Self {
        Self { student, supervised }
    }

    /// The law of the student.
    pub fn student(&self) -> &Distillation {
        &self.student
    }

    /// The law of the same models without a teacher.
    pub fn supervised(&self) -> &OuterExponent {
        &self.supervised
    }

    /// The loss of a student of N_S on D_S tokens under a teacher of this loss.
    pub fn with_teacher(self, loss: Nats) -> Slice<Self> {
        Slice::new(self, loss)
    }
}

pub(super) const TEACHER_LOSS: Knob = Knob::new("teacher_loss", "L_T", Some("nats/token"), "loss of the teacher");

impl SlicedLaw for Distiller {
    const FORMULA: &'static str = Distillation::FORMULA;
    type Knobs = Nats;

    fn point(&self, teacher: &Nats, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let (c, s) = (self.student.coefficients().map(Real::of), self.supervised.coefficients().map(Real::of));
        loss_point(ln_params, ln_tokens, |n, d| {
            let supervised = OuterExponent::formula(&s, &[n, d]).ln();
            Distillation::formula(&c, &[n, d, Real::of(teacher.get().ln()), supervised])
        })
    }
    fn knob_list(&self) -> &[Knob] {
        const { &[Knob::PARAMS, Knob::TOKENS, TEACHER_LOSS] }
    }
    fn read_knobs(&self, knobs: &Knobs) -> Result<Nats, LawError> {
        knobs.positive(Self::FORMULA, TEACHER_LOSS).map(Nats::known)
    }
    fn conventions(&self) -> Conventions {
        self.student.conventions
    }
    fn domain(&self) -> Domain {
        self.student.domain
    }
    /// The teacher's own loss: the second term vanishes for N_S, D_S → ∞.
    fn irreducible(&self, teacher: &Nats) -> Option<Nats> {
        Some(*teacher)
    }
}
