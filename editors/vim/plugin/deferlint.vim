" Description: Lets ALE know the fixer, when there is ALE

silent! call ale#fix#registry#Add('deferlint', 'deferlint#ale#Fix', ['go'], 'Apply the safe fixes of deferlint.')
