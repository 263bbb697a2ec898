/// The kinds of logs that are told apart by their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogFormat {
    /// nanoGPT's screen output.
    NanoGpt,
    /// build-nanogpt's screen output or log file.
    BuildNanoGpt,
    /// llm.c's screen output or main.log.
    LlmC,
    /// modded-nanogpt's log file.
    ModdedNanoGpt,
    /// Megatron-LM's and Megatron-DeepSpeed's output.
    Megatron,
    /// LitGPT's output.
    LitGpt,
    /// Composer's and llm-foundry's console output.
    Composer,
    /// MaxText's output.
    MaxText,
    /// torchtitan's output.
    TorchTitan,
    /// mlx-lm's output.
    Mlx,
    /// The dictionaries that the Hugging Face Trainer prints.
    HfStdout,
    /// The Hugging Face Trainer's trainer_state.json.
    HfTrainerState,
    /// A Weights & Biases chart exported as CSV: a column "run - metric" a run.
    WandbChart,
    /// The table of runs of Weights & Biases as CSV: a row a run.
    WandbRuns,
    /// The local folder of a Weights & Biases run: its summary and configuration.
    WandbFolder,
    /// A scalar of TensorBoard exported as CSV.
    TensorBoardCsv,
    /// A TensorBoard event file.
    TensorBoardEvents,
    /// A table of metrics by step in CSV or TSV: Lightning's metrics.csv, a Weights & Biases history, and others.
    MetricsCsv,
    /// A table of finished runs in CSV or TSV: a row a run.
    RunsCsv,
    /// A table of metrics by step, or of finished runs, in Parquet.
    #[cfg(feature = "parquet")]
    Parquet,
    /// One JSON object a line.
    JsonLines,
    /// A JSON document that holds curves or runs somewhere.
    Json,
}

impl LogFormat {
    /// A short name for tables and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::NanoGpt => "nanoGPT",
            Self::BuildNanoGpt => "build-nanogpt",
            Self::LlmC => "llm.c",
            Self::ModdedNanoGpt => "modded-nanogpt",
            Self::Megatron => "Megatron",
            Self::LitGpt => "LitGPT",
            Self::Composer => "Composer",
            Self::MaxText => "MaxText",
            Self::TorchTitan => "torchtitan",
            Self::Mlx => "mlx-lm",
            Self::HfStdout => "Trainer output",
            Self::HfTrainerState => "trainer_state.json",
            Self::WandbChart => "W&B chart",
            Self::WandbRuns => "W&B runs table",
            Self::WandbFolder => "W&B folder",
            Self::TensorBoardCsv => "TensorBoard CSV",
            Self::TensorBoardEvents => "TensorBoard events",
            Self::MetricsCsv => "metrics CSV",
            Self::RunsCsv => "runs CSV",
            #[cfg(feature = "parquet")]
            Self::Parquet => "Parquet",
            Self::JsonLines => "JSON lines",
            Self::Json => "JSON",
        }
    }
}
