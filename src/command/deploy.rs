//! `via-site deploy`: the published site goes to where readers find it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::{Arguments, FINE, FormatArgument, WRONG_CONTENT, WRONG_USE, language, print_line, report};
use crate::deploy::{DeployError, Deployment, Patience, Place, Plan, Wave};
use crate::diagnostic::Diagnostic;
use crate::publish::Published;
use crate::source::{self, Sources};

/// How a deployment is asked for.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Deploying {
    #[arg(help = "Where to: s3://bucket/path, az://container/path, gs://bucket/path, or a folder")]
    target: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Folder that the site was published into
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// How often a request that failed is tried again
    #[arg(long, value_name = "N", default_value_t = 8)]
    retries: usize,
    /// Seconds that one request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

/// Sends the site, or says what it would send.
pub(super) fn deploy(arguments: &Arguments, root: &Path, deploying: &Deploying) -> u8 {
    let started = Instant::now();
    let folder = deploying.output.clone().unwrap_or_else(|| root.join("public"));
    let outcome = match Published::open(&folder) {
        None => Err(Diagnostic::error("deploy-no-site").with("path", folder.display())),
        Some(site) => run(arguments, &folder, &site, deploying).map_err(|error| error.diagnostic()),
    };
    let human = matches!(arguments.format, FormatArgument::Human);
    match outcome {
        Ok(plan) => {
            if human && deploying.dry_run {
                show(&plan);
            }
            if human {
                print_line(summary(&deploying.target, &plan, deploying.dry_run, started.elapsed()));
            } else {
                report(arguments, &[], &Sources::default(), "en");
            }
            FINE
        }
        Err(problem) => {
            let (sources, code) = (source::foundations(root), problem.code);
            report(arguments, &[problem], &Sources::default(), &language(arguments, &sources));
            if ["deploy-no-site", "deploy-target"].contains(&code) { WRONG_USE } else { WRONG_CONTENT }
        }
    }
}

fn run(arguments: &Arguments, folder: &Path, site: &Published, deploying: &Deploying) -> Result<Plan, DeployError> {
    let target = &deploying.target;
    let onto_itself = folder.canonicalize().is_ok_and(|folder| Path::new(target).canonicalize().is_ok_and(|target| target == folder));
    if onto_itself {
        return Err(DeployError::Target { target: target.clone(), reason: "this is the folder of the site itself".to_owned() });
    }
    let patience = Patience { retries: deploying.retries, timeout: Duration::from_secs(deploying.timeout) };
    let place = Place::open(target, patience)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| DeployError::Settings { target: target.clone(), reason: error.to_string() })?;
    runtime.block_on(async {
        let deployment = Deployment::prepare(site, &place).await?;
        let plan = deployment.plan.clone();
        if !deploying.dry_run {
            let steps: usize = plan.waves.iter().map(|(_, addresses)| addresses.len()).sum();
            let human = matches!(arguments.format, FormatArgument::Human);
            let bar = if human { ProgressBar::new(steps as u64) } else { ProgressBar::hidden() };
            let outcome = deployment.run(|| bar.inc(1)).await;
            bar.finish_and_clear();
            outcome?;
        }
        Ok(plan)
    })
}

/// The plan, an object on a line, in the order in which it would be done.
fn show(plan: &Plan) {
    for (wave, addresses) in &plan.waves {
        for address in addresses {
            print_line(format_args!("{} {address}", if wave.removes() { '-' } else { '+' }));
        }
    }
}

fn summary(target: &str, plan: &Plan, dry_run: bool, time: Duration) -> String {
    let count =
        |wanted: fn(Wave) -> bool| plan.waves.iter().filter(|(wave, _)| wanted(*wave)).map(|(_, addresses)| addresses.len()).sum::<usize>();
    let (sent, removed) = (count(|wave| !wave.removes()), count(Wave::removes));
    let foreign = if plan.foreign.is_empty() { String::new() } else { format!(", {} not ours and left alone", plan.foreign.len()) };
    let (to_send, to_remove) = if dry_run { ("to send", "to remove") } else { ("sent", "removed") };
    format!("{target}: {sent} {to_send}, {} unchanged, {removed} {to_remove}{foreign}, in {} ms", plan.kept, time.as_millis())
}
