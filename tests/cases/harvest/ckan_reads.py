"""What CKAN reads: each dataset that ckanext-dcat makes of the documents at some addresses, one JSON object a line.

Run by the Python of an environment that has ckan and ckanext-dcat: ckan_reads.py FORM ADDRESS [FORM ADDRESS ...]
"""

import json
import sys
from urllib.request import urlopen

import ckan.lib.helpers  # noqa: F401  # CKAN's modules need this one first
from ckan.common import config
from ckanext.dcat import processors
from ckanext.dcat.profiles.euro_dcat_ap_3 import EuropeanDCATAP3Profile

config["ckan.site_url"] = "http://ckan.invalid"
# CKAN finds profiles by the plugins of a running site.
processors.RDFProcessor._load_profiles = lambda *_: [EuropeanDCATAP3Profile]

arguments = iter(sys.argv[1:])
for form, address in zip(arguments, arguments, strict=True):
    with urlopen(address, timeout=30) as response:
        text = response.read().decode("utf-8")
    parser = processors.RDFParser(profiles=["euro_dcat_ap_3"])
    parser.parse(text, _format=form)
    print(json.dumps(list(parser.datasets())))
