"""The numbers behind QA Portal: pure functions of numbers, with no knowledge of Django or of any table."""

from __future__ import annotations

from stats.change_alarm import AlarmWeek, cusum_down, ewma, ewma_alarm
from stats.comparison import Difference, cannot_tell_apart, period_difference, prob_above
from stats.estimates import Estimate, WeightedEstimate, difference_mean, hajek, srs_mean
from stats.intervals import (
    RateInterval,
    ScoreInterval,
    WeightedScoreInterval,
    hajek_pass_rate,
    hajek_score_interval,
    score_interval,
    wilson,
)
from stats.moments import Moments, PooledVariance, merge, moments, moments_from_sums, pooled_var
from stats.nonresponse import ResponseAdjusted, ResponseCell, merge_classes, nonresponse_adjust
from stats.pass_rates import PooledRates, hier_binom
from stats.plan_states import PlanState, plan_ended, plan_path, plan_started, plan_step, plan_withheld
from stats.pooling import PooledMeans, hier_normal, hier_prob_below
from stats.sample_size import SampleSize, n_for_mean, n_for_rate, n_two_means
from stats.strata import (
    RollingEstimate,
    Stratum,
    StratumMoments,
    merge_empty,
    rolling_mean,
    stratified_mean,
    stratified_moments,
)
from stats.triggers import Decayed, decayed, trigger_probability, why_not_enough

__all__ = [
    "AlarmWeek",
    "Decayed",
    "Difference",
    "Estimate",
    "Moments",
    "PlanState",
    "PooledMeans",
    "PooledRates",
    "PooledVariance",
    "RateInterval",
    "ResponseAdjusted",
    "ResponseCell",
    "RollingEstimate",
    "SampleSize",
    "ScoreInterval",
    "Stratum",
    "StratumMoments",
    "WeightedEstimate",
    "WeightedScoreInterval",
    "cannot_tell_apart",
    "cusum_down",
    "decayed",
    "difference_mean",
    "ewma",
    "ewma_alarm",
    "hajek",
    "hajek_pass_rate",
    "hajek_score_interval",
    "hier_binom",
    "hier_normal",
    "hier_prob_below",
    "merge",
    "merge_classes",
    "merge_empty",
    "moments",
    "moments_from_sums",
    "n_for_mean",
    "n_for_rate",
    "n_two_means",
    "nonresponse_adjust",
    "period_difference",
    "plan_ended",
    "plan_path",
    "plan_started",
    "plan_step",
    "plan_withheld",
    "pooled_var",
    "prob_above",
    "rolling_mean",
    "score_interval",
    "srs_mean",
    "stratified_mean",
    "stratified_moments",
    "trigger_probability",
    "why_not_enough",
    "wilson",
]
