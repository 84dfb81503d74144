//! What a session must observe, in terms that a program can act on.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Pressure, ProductId, RegionId, TechniqueId};

/// One thing that the session must observe.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Requirement {
    /// Leave these regions out.
    AvoidRegion {
        /// The regions, with everything that belongs to them.
        regions: Vec<RegionId>,
    },
    /// Leave these techniques out.
    AvoidTechnique {
        /// The techniques.
        techniques: Vec<TechniqueId>,
        /// Only in these regions; everywhere when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        regions: Option<Vec<RegionId>>,
    },
    /// No more pressure than this.
    PressureMax {
        /// The highest level allowed.
        level: Pressure,
        /// Only in these regions; everywhere when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        regions: Option<Vec<RegionId>>,
    },
    /// Use none of these products.
    AvoidProduct {
        /// The products, with everything that belongs to them.
        products: Vec<ProductId>,
    },
    /// No longer than this.
    DurationMax {
        /// Minutes.
        minutes: u16,
    },
    /// How the client lies or sits.
    Position {
        /// The position.
        position: Position,
    },
    /// What the therapist must be trained in.
    TherapistTraining {
        /// The training.
        training: Training,
    },
    /// What to look at or measure before starting.
    CheckFirst {
        /// The thing to look at.
        what: CheckFirst,
    },
    /// Get up in stages: sit first, then stand.
    RiseSlowly,
    /// Stop whenever the client asks.
    StopOnRequest,
    /// Stop at sharp or spreading pain.
    StopOnPain,
    /// Use a product without fragrance.
    FragranceFreeProduct,
    /// Start light and add pressure over the course of sessions.
    GradualPressure,
    /// No hot stones, hot room or heat pack.
    NoHeat,
    /// No joint is taken past its free range.
    NoForcedJointMovement,
    /// Cover the place and keep it clean.
    HygieneCover,
    /// Ask the client how the pressure feels, more than once.
    TherapistFeedback,
    /// Offer water to drink to thirst.
    DrinkToThirst,
    /// Leave time to rest afterwards.
    GentleAfterCare,
}

/// How the client lies or sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// On the side.
    SideLying,
    /// On the back, raised from the hips.
    SemiReclined,
    /// On a chair.
    Seated,
    /// Any but face down.
    NotFaceDown,
    /// Any but flat on the back.
    NotFlatOnBack,
    /// With the head raised.
    HeadRaised,
    /// With cushions where the body needs them.
    Supported,
}

impl Position {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SideLying => "side-lying",
            Self::SemiReclined => "semi-reclined",
            Self::Seated => "seated",
            Self::NotFaceDown => "not-face-down",
            Self::NotFlatOnBack => "not-flat-on-back",
            Self::HeadRaised => "head-raised",
            Self::Supported => "supported",
        }
    }
}

/// What a therapist can be trained in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Training {
    /// A full professional training.
    QualifiedTherapist,
    /// Massage for people with cancer.
    OncologyMassage,
    /// Massage in pregnancy.
    PregnancyMassage,
    /// Points and anatomy.
    PointTraining,
    /// Work under a clinic's roof.
    ClinicalSetting,
    /// A licence for manual therapy.
    LicensedManualTherapist,
}

impl Training {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QualifiedTherapist => "qualified-therapist",
            Self::OncologyMassage => "oncology-massage",
            Self::PregnancyMassage => "pregnancy-massage",
            Self::PointTraining => "point-training",
            Self::ClinicalSetting => "clinical-setting",
            Self::LicensedManualTherapist => "licensed-manual-therapist",
        }
    }
}

/// What to look at or measure before starting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckFirst {
    /// Blood pressure.
    BloodPressure,
    /// Blood glucose.
    BloodGlucose,
    /// Body temperature.
    Temperature,
    /// The skin where hands will be.
    Skin,
    /// Where it hurts today.
    PainToday,
    /// The product on a small patch of skin.
    ProductPatchTest,
    /// What medicines the client takes.
    MedicationList,
    /// Which methods and movements the doctor agreed to.
    DoctorAgreedMethods,
}

impl CheckFirst {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BloodPressure => "blood-pressure",
            Self::BloodGlucose => "blood-glucose",
            Self::Temperature => "temperature",
            Self::Skin => "skin",
            Self::PainToday => "pain-today",
            Self::ProductPatchTest => "product-patch-test",
            Self::MedicationList => "medication-list",
            Self::DoctorAgreedMethods => "doctor-agreed-methods",
        }
    }
}
