//! Clients generated from the contract, each of which does the whole main job: `clients/<language>/` has the program,
//! the generator's work lies beside it in `generated/`.
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::process::Command;

use super::{
    Found, Guest,
    tool::{Place, command},
};

/// A generator, a compiler.
const BUILDING: Duration = Duration::from_mins(4);
/// From a token to a verified webhook.
const TRAVELLING: Duration = Duration::from_mins(2);
const CONTRACT: &str = "openapi/openapi.json";
/// The generator for Java and Python, as `PyPI` has it.
const GENERATOR: &str = "openapi-generator-cli";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    TypeScript,
    Java,
}

impl Language {
    pub(super) const ALL: [Self; 3] = [Self::Python, Self::TypeScript, Self::Java];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::TypeScript => "typescript",
            Self::Java => "java",
        }
    }
}

/// Generates, builds and travels; what does not work is counted.
pub(super) async fn prove(
    place: &Place,
    language: Language,
    guest: &Guest,
    found: &mut Found,
) -> anyhow::Result<()> {
    let name = language.name();
    let home = place.source("clients").join(name);
    let generated = home.join("generated");
    if generated.exists() {
        fs::remove_dir_all(&generated).with_context(|| generated.display().to_string())?;
    }
    fs::create_dir_all(&generated)?;
    let traveller = match language {
        Language::Python => python(place, &home, &generated).await?,
        Language::TypeScript => typescript(place, &home).await?,
        Language::Java => java(place, &home, &generated).await?,
    };
    let is_well = match traveller {
        Some(mut traveller) => {
            guest.equip(&mut traveller, &generated.join("declaration.json"))?;
            place.run(&format!("{name}-journey"), &mut traveller, TRAVELLING).await?
        }
        None => false,
    };
    found.tell(&format!("{name}_client"), json!(is_well));
    found.count("clients_failed", u64::from(!is_well));
    Ok(())
}

/// The contract without its webhooks: this generator makes functions of them that do not compile.
fn operations_alone(place: &Place) -> anyhow::Result<PathBuf> {
    let mut contract: Value = serde_json::from_slice(&fs::read(place.source(CONTRACT))?)?;
    contract.as_object_mut().context("the contract is no object")?.remove("webhooks");
    let path = place.made("operations.json");
    fs::write(&path, contract.to_string())?;
    Ok(path)
}

/// The generator from `PyPI`, for one of its languages.
async fn generate(
    place: &Place,
    generator: &[&str],
    generated: &Path,
    properties: &str,
) -> anyhow::Result<bool> {
    let mut generate = command(place.python(GENERATOR), ["generate", "-g"]);
    generate.args(generator).arg("-i").arg(operations_alone(place)?).arg("-o").arg(generated);
    generate.arg(format!("--additional-properties=hideGenerationTimestamp=true,{properties}"));
    generate.arg("--global-property=apiTests=false,modelTests=false,apiDocs=false,modelDocs=false");
    place.run(&format!("{}-generate", generator[0]), &mut generate, BUILDING).await
}

async fn python(place: &Place, home: &Path, generated: &Path) -> anyhow::Result<Option<Command>> {
    if !generate(place, &["python"], generated, "packageName=anyport_client").await? {
        return Ok(None);
    }
    let mut journey = command(place.python("python"), [home.join("journey.py")]);
    journey.env("PYTHONPATH", generated);
    Ok(Some(journey))
}

async fn typescript(place: &Place, home: &Path) -> anyhow::Result<Option<Command>> {
    let mut generate =
        command(place.node("clients", "openapi-typescript"), [place.source(CONTRACT)]);
    generate.arg("-o").arg(home.join("generated/anyport.d.ts")).current_dir(home);
    if !place.run("typescript-generate", &mut generate, BUILDING).await? {
        return Ok(None);
    }
    let mut compile = command(place.node("clients", "tsc"), ["--project"]);
    compile.arg(home).current_dir(home);
    if !place.run("typescript-compile", &mut compile, BUILDING).await? {
        return Ok(None);
    }
    Ok(Some(command("node", [home.join("generated/journey.js")])))
}

async fn java(place: &Place, home: &Path, generated: &Path) -> anyhow::Result<Option<Command>> {
    let properties = "openApiNullable=false,invokerPackage=anyport.client,apiPackage=anyport.client.api,\
        modelPackage=anyport.client.model";
    if !generate(place, &["java", "--library", "native"], generated, properties).await? {
        return Ok(None);
    }
    let mut sources = vec![home.join("Journey.java")];
    collect(&generated.join("src/main/java"), &mut sources)?;
    for source in &sources[1..] {
        drop_unused(source)?;
    }
    let list = generated.join("sources.txt");
    let names: Vec<_> = sources.iter().map(|source| source.display().to_string()).collect();
    fs::write(&list, names.join("\n"))?;
    // The generator's own archive has all that its clients import.
    let archive = found_below(&place.made("python/lib"), "openapi-generator.jar")
        .context("the generator's archive is not there")?;
    let classes = generated.join("classes");
    let path = format!("{}:{}", archive.display(), place.annotations.display());
    let mut compile = command("javac", ["-nowarn", "-encoding", "UTF-8", "-cp", &path, "-d"]);
    compile.arg(&classes).arg(format!("@{}", list.display()));
    if !place.run("java-compile", &mut compile, BUILDING).await? {
        return Ok(None);
    }
    let path = format!("{}:{path}", classes.display());
    Ok(Some(command("java", ["-cp", &path, "Journey"])))
}

/// The generator imports a class for multipart bodies everywhere; no operation has any, and the class comes with Maven.
fn drop_unused(source: &Path) -> anyhow::Result<()> {
    const UNUSED: &str = "import org.apache.http.entity.mime.";
    let text = fs::read_to_string(source)?;
    if text.contains(UNUSED) {
        let kept: Vec<_> = text.lines().filter(|line| !line.starts_with(UNUSED)).collect();
        fs::write(source, kept.join("\n"))?;
    }
    Ok(())
}

/// All Java files below a folder.
fn collect(folder: &Path, sources: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, sources)?;
        } else if path.extension().is_some_and(|kind| kind == "java") {
            sources.push(path);
        }
    }
    Ok(())
}

fn found_below(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    entries.flatten().map(|entry| entry.path()).find_map(|path| {
        if path.is_dir() {
            found_below(&path, name)
        } else {
            path.file_name().is_some_and(|found| found == name).then_some(path)
        }
    })
}
