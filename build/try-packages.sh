#!/usr/bin/env bash
# usage: build/try-packages.sh
# Packs what lies in artifacts/bin and uses it as a stranger would: a fresh console project, with no source of packages but the folder, that trains
# the LeNet of docs/guides/dotnet.md and asserts something of it. Leaves nothing behind, in particular nothing in the machine's cache of packages.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
. "$root/build/setup.sh"
find_dotnet
check_sdk
work=$(mktemp -d "${TMPDIR:-/tmp}/pessimist-packages-XXXXXX")
trap 'rm -rf "$work"' EXIT
"$root/build/pack.sh" --no-build "$work/feed"
# Packages of others were restored when this was built: they are read from there.
others=${NUGET_PACKAGES:-${HOME:-/root}/.nuget/packages}

mkdir "$work/app"
cd "$work/app"
cp "$root/tests/Pessimist.Engine.Tests/Guides/TrainLeNet.cs" .
cat >app.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <UseAppHost>false</UseAppHost>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Pessimist.Engine" Version="*" />
  </ItemGroup>
</Project>
XML
cat >nuget.config <<XML
<configuration>
  <packageSources><clear /><add key="feed" value="../feed" /></packageSources>
  <fallbackPackageFolders><clear /><add key="others" value="$others" /></fallbackPackageFolders>
</configuration>
XML
cat >Program.cs <<'CS'
using Pessimist.Engine.Testing;
using Pessimist.Torch;
using Pessimist.Torch.Models;

TrainLeNet.Run(args[0], epochs: 2);
using var scope = Scope.New();
using var net = new LeNet(outputs: 10);
NetworkAssert.EveryParameterLearns(net, new LearningStep(Tensor.Randn([16, 1, 28, 28]), Tensor.RandInt(0, 10, [16])));
Console.WriteLine($"libtorch {Torch.Version}: every parameter learns");
CS
# What lies above the temporary folder is not ours.
printf '<Project />\n' | tee Directory.Build.props Directory.Build.targets Directory.Packages.props >/dev/null
"$dotnet" restore --packages "$work/packages" -v quiet -nologo
"$dotnet" build --no-restore -c Release -v quiet -nologo -nodeReuse:false -p:UseSharedCompilation=false
env -u PESSIMIST_TORCH_SHIM "$dotnet" bin/Release/net10.0/app.dll "$root/samples/digits.csv"
