//! `CloudFormation` resources, converted to the corresponding Terraform resources.

use std::collections::BTreeMap;

use crate::audit::yaml::{Style, Value};
use crate::lexicon::path::Role;

use super::kind::Kind;
use super::terraform::{Block, Given};
use super::{Corpus, line_at, text};

/// The Terraform names of resource types.
const TYPES: &[(&str, &str)] = &[
    ("AWS::RDS::DBInstance", "aws_db_instance"),
    ("AWS::RDS::DBCluster", "aws_rds_cluster"),
    ("AWS::RDS::DBProxy", "aws_db_proxy"),
    (
        "AWS::ElastiCache::ReplicationGroup",
        "aws_elasticache_replication_group",
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "aws_lb"),
    ("AWS::ElasticLoadBalancingV2::Listener", "aws_lb_listener"),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "aws_lb_target_group",
    ),
    (
        "AWS::AutoScaling::AutoScalingGroup",
        "aws_autoscaling_group",
    ),
    (
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "aws_appautoscaling_target",
    ),
    ("AWS::ECS::Service", "aws_ecs_service"),
    ("AWS::EKS::Cluster", "aws_eks_cluster"),
    ("AWS::CloudWatch::Alarm", "aws_cloudwatch_metric_alarm"),
    ("AWS::CloudWatch::Dashboard", "aws_cloudwatch_dashboard"),
    ("AWS::Logs::LogGroup", "aws_cloudwatch_log_group"),
    ("AWS::SecretsManager::Secret", "aws_secretsmanager_secret"),
    ("AWS::Backup::BackupPlan", "aws_backup_plan"),
    ("AWS::Backup::BackupSelection", "aws_backup_selection"),
    (
        "AWS::CloudFront::Distribution",
        "aws_cloudfront_distribution",
    ),
    ("AWS::WAFv2::WebACL", "aws_wafv2_web_acl"),
    (
        "AWS::WAFv2::WebACLAssociation",
        "aws_wafv2_web_acl_association",
    ),
    ("AWS::Route53::HealthCheck", "aws_route53_health_check"),
    (
        "AWS::CertificateManager::Certificate",
        "aws_acm_certificate",
    ),
    ("AWS::Budgets::Budget", "aws_budgets_budget"),
    ("AWS::DynamoDB::Table", "aws_dynamodb_table"),
    ("AWS::Cognito::UserPool", "aws_cognito_user_pool"),
    ("AWS::EC2::Subnet", "aws_subnet"),
];

/// Properties whose names differ in more than case and underscores.
const NAMES: &[(&str, &str)] = &[
    ("multi_a_z", "multi_az"),
    ("target_group_a_r_ns", "target_group_arns"),
    ("default_actions", "default_action"),
    ("rules", "rule"),
    (
        "performance_insights_enabled",
        "performance_insights_enabled",
    ),
    (
        "enable_performance_insights",
        "performance_insights_enabled",
    ),
    ("health_check_config", "health_check"),
    ("health_check_path", "path"),
];

/// How deep properties may be nested.
const MAX_DEPTH: usize = 12;

/// Converts `BackupRetentionPeriod` to the spelling of Terraform.
fn snake(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    let known = NAMES.iter().find(|(written, _)| *written == text);
    known.map_or(text, |(_, name)| (*name).to_owned())
}

/// Returns the resources of all templates that ship.
pub(crate) fn blocks(corpus: &Corpus) -> Vec<Block> {
    let mut all = Vec::new();
    for (file, read) in corpus.files.iter().enumerate() {
        let is_template = matches!(read.kind, Kind::Yaml | Kind::Json)
            && read.role == Role::Shipped
            && read.text.contains("AWS::");
        if !is_template {
            continue;
        }
        for document in corpus.documents(file) {
            let resources = document
                .get("Resources")
                .into_iter()
                .flat_map(Value::entries);
            for entry in resources {
                let name = entry.key.text().unwrap_or_default();
                all.extend(resource(&read.text, file, name, entry.value));
            }
        }
    }
    all
}

fn resource(source: &str, file: usize, name: &str, value: Value<'_>) -> Option<Block> {
    let written = text(value, "Type")?;
    let (_, kind) = TYPES
        .iter()
        .find(|(written_as, _)| *written_as == written)?;
    let empty = Block {
        file,
        line: line_at(source, value.span().start),
        kind: "resource".to_owned(),
        labels: vec![(*kind).to_owned(), name.to_owned()],
        attributes: BTreeMap::new(),
        blocks: Vec::new(),
    };
    let Some(properties) = value.get("Properties") else {
        return Some(empty);
    };
    let filled = block(source, file, "resource", properties, 0);
    Some(Block {
        attributes: filled.attributes,
        blocks: filled.blocks,
        ..empty
    })
}

/// Converts a mapping to a block: scalars and lists of scalars become attributes, mappings become nested blocks.
fn block(source: &str, file: usize, kind: &str, value: Value<'_>, depth: usize) -> Block {
    let mut made = Block {
        file,
        line: line_at(source, value.span().start),
        kind: kind.to_owned(),
        labels: Vec::new(),
        attributes: BTreeMap::new(),
        blocks: Vec::new(),
    };
    if depth > MAX_DEPTH {
        return made;
    }
    for entry in value.entries() {
        let name = snake(entry.key.text().unwrap_or_default());
        let line = line_at(source, entry.key.span().start);
        let inner = entry.value;
        if inner.is_mapping() {
            let is_reference = inner.size() == 1
                && inner.entries().any(|it| {
                    it.key
                        .text()
                        .is_some_and(|key| key == "Ref" || key.starts_with("Fn::"))
                });
            if is_reference {
                made.attributes
                    .insert(name, (line, Given::Unknown(String::new())));
            } else {
                made.blocks
                    .push(block(source, file, &name, inner, depth + 1));
            }
        } else if inner.items().any(Value::is_mapping) {
            let items = inner.items().filter(|it| it.is_mapping());
            made.blocks
                .extend(items.map(|it| block(source, file, &name, it, depth + 1)));
            let count = inner.size();
            made.attributes
                .insert(name, (line, Given::List(count, Vec::new())));
        } else {
            made.attributes.insert(name, (line, given(inner)));
        }
    }
    made
}

fn given(value: Value<'_>) -> Given {
    if value.is_sequence() {
        let texts = value.items().filter_map(Value::text).map(str::to_owned);
        return Given::List(value.size(), texts.collect());
    }
    let written = value.text().unwrap_or_default();
    // The values of `!Ref` and the like are known only when the stack is created.
    if value.tag().is_some() {
        return Given::Unknown(written.to_owned());
    }
    match (written, value.style()) {
        ("true", _) => Given::Truth(true),
        ("false", _) => Given::Truth(false),
        (_, Some(Style::Plain)) => written
            .parse()
            .map_or_else(|_| Given::Text(written.to_owned()), Given::Number),
        _ => Given::Text(written.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_named_as_terraform_names_them() {
        for (written, expected) in [
            ("BackupRetentionPeriod", "backup_retention_period"),
            ("MultiAZ", "multi_az"),
            ("KmsKeyId", "kms_key_id"),
            ("TargetGroupARNs", "target_group_arns"),
        ] {
            assert_eq!(snake(written), expected);
        }
    }
}
