use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::answer::ConstrainedAllocation;

/// Keys: params, tokens, loss, tokens_per_param, training_flops, inference_flops, lifetime_flops, dollars, epochs,
/// binding (limit, value, shadow_price), objective, excess_loss, excess_cost, kkt_residual, warnings.
impl Serialize for ConstrainedAllocation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("ConstrainedAllocation", 15)?;
        object.serialize_field("params", &self.params())?;
        object.serialize_field("tokens", &self.tokens())?;
        object.serialize_field("loss", &self.loss())?;
        object.serialize_field("tokens_per_param", &self.tokens_per_param())?;
        object.serialize_field("training_flops", &self.training())?;
        object.serialize_field("inference_flops", &self.inference())?;
        object.serialize_field("lifetime_flops", &self.lifetime())?;
        object.serialize_field("dollars", &self.dollars())?;
        object.serialize_field("epochs", &self.epochs())?;
        object.serialize_field("binding", self.binding())?;
        object.serialize_field("objective", &self.objective())?;
        object.serialize_field("excess_loss", &self.excess_loss())?;
        object.serialize_field("excess_cost", &self.excess_cost())?;
        object.serialize_field("kkt_residual", &self.kkt_residual())?;
        object.serialize_field("warnings", self.warnings())?;
        object.end()
    }
}
