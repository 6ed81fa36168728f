# SPDX-License-Identifier: Apache-2.0
# The document of docker/sbom.sh in SPDX's tag-value form: jq -rf docker/lib/spdx.jq FILE
def tag($name; value): value | select(. != null) | "\($name): \(.)";
def relationships($of):
    .relationships[] | select(.relatedSpdxElement == $of)
    | "Relationship: \(.spdxElementId) \(.relationshipType) \(.relatedSpdxElement)";
. as $document
| tag("SPDXVersion"; .spdxVersion),
  tag("DataLicense"; .dataLicense),
  tag("SPDXID"; .SPDXID),
  tag("DocumentName"; .name),
  tag("DocumentNamespace"; .documentNamespace),
  tag("Creator"; .creationInfo.creators[]),
  tag("Created"; .creationInfo.created),
  (.packages[]
   | "",
     tag("PackageName"; .name),
     tag("SPDXID"; .SPDXID),
     tag("PackageVersion"; .versionInfo),
     tag("PackageFileName"; .packageFileName),
     tag("PackageSupplier"; .supplier),
     (.checksums // [] | .[] | "PackageChecksum: \(.algorithm): \(.checksumValue)"),
     tag("PackageDownloadLocation"; .downloadLocation),
     tag("FilesAnalyzed"; .filesAnalyzed),
     tag("PackageLicenseConcluded"; .licenseConcluded),
     tag("PackageLicenseDeclared"; .licenseDeclared),
     tag("PackageCopyrightText"; .copyrightText),
     tag("PrimaryPackagePurpose"; .primaryPackagePurpose),
     (.externalRefs // [] | .[] | "ExternalRef: \(.referenceCategory) \(.referenceType) \(.referenceLocator)"),
     (.SPDXID as $id | $document | relationships($id)))
